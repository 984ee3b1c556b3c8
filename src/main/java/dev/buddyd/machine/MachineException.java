package dev.buddyd.machine;

import dev.buddyd.mm.frame.SectionBudget;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** A call that the machine refuses without having changed anything; the kind names the problem. */
public final class MachineException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What is wrong; each is a problem type of the HTTP interface. */
  public enum Kind {
    NOT_ALLOCATED,
    NOT_RESIDENT,
    ORDER_MISMATCH,
    STALE_STATE,
    INVALID_REQUEST,
    INVALID_GFP,
    INVALID_ORDER,
    INVALID_SYSCTL,
    NO_SUCH_ALLOCATION,
    NO_SUCH_OWNER,
    NO_SUCH_FRAME,
    NO_SUCH_ZONE,
    NO_SUCH_NODE,
    NO_SUCH_CPU,
    NO_SUCH_PRESET,
    EVENTS_EXPIRED,
    TOO_LARGE,
    INVALID_SNAPSHOT,
    INVALID_MACHINE,
    OVERLOADED,
    FRAME_TABLE_EXHAUSTED
  }

  private final Kind kind;
  private final String reason;
  private final transient Map<String, Object> details;

  public MachineException(Kind kind, String reason) {
    this(kind, reason, Map.of());
  }

  /**
   * With values that a client can read.
   *
   * @param details extension members of the problem, in snake case; they are sorted by name, so
   *     that the same problem has the same bytes
   */
  public MachineException(Kind kind, String reason, Map<String, Object> details) {
    super(reason);
    this.kind = kind;
    this.reason = reason;
    this.details = Collections.unmodifiableMap(new TreeMap<>(details));
  }

  /** The refusal of a call for which the frame tables of all machines have no room. */
  static MachineException frameTablesFull(SectionBudget budget) {
    return new MachineException(
        Kind.FRAME_TABLE_EXHAUSTED,
        "the frame tables of all machines may take " + budget.limitBytes() + " bytes together",
        Map.of("limit_bytes", budget.limitBytes()));
  }

  public Kind kind() {
    return kind;
  }

  /** A sentence for people. */
  public String reason() {
    return reason;
  }

  /** Values for programs, by name. */
  public Map<String, Object> details() {
    return details;
  }
}
