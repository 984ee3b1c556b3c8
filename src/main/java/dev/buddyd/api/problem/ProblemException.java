package dev.buddyd.api.problem;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that is answered with a problem. Anybody below a controller or filter may throw it; it
 * is unchecked so that it passes readers of streams.
 */
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ProblemType type;
  private final String detail;
  private final transient Map<String, @Nullable Object> members = new LinkedHashMap<>();

  /**
   * A problem without extension members.
   *
   * @param detail what is wrong with this very request, a sentence for people
   */
  public ProblemException(ProblemType type, String detail) {
    super(detail, null, false, false);
    this.type = type;
    this.detail = detail;
  }

  /** An {@code invalid-request} about one field or parameter. */
  public static ProblemException invalid(String field, String detail) {
    return new ProblemException(ProblemType.INVALID_REQUEST, detail).with("field", field);
  }

  /**
   * A {@code too-large}.
   *
   * @param limitName name of the setting
   * @param limit its value, in the unit that the detail names
   */
  public static ProblemException tooLarge(String limitName, long limit, String detail) {
    return new ProblemException(ProblemType.TOO_LARGE, detail)
        .with("limit_name", limitName)
        .with("limit", limit);
  }

  /** Adds an extension member; null is written as null. */
  public ProblemException with(String name, @Nullable Object value) {
    members.put(name, value);
    return this;
  }

  public ProblemType type() {
    return type;
  }

  /** The sentence about this very request. */
  public String detail() {
    return detail;
  }

  /** Extension members, in the order in which they were added. */
  public Map<String, @Nullable Object> members() {
    return Collections.unmodifiableMap(members);
  }
}
