package dev.buddyd.api.problem;

import dev.buddyd.machine.MachineException;
import dev.buddyd.machine.MachineException.Kind;
import dev.buddyd.mm.gfp.GfpParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Puts problems together, for the answer as a whole and for a single line of a stream. */
public final class Problems {

  private static final String RETRY_AFTER_SECONDS = "1";

  /** Where a client wrote what the machine refuses, unless the refusal itself says so. */
  private static final Map<Kind, String> FIELDS =
      Map.of(
          Kind.INVALID_GFP, "gfp",
          Kind.INVALID_ORDER, "order",
          Kind.NO_SUCH_FRAME, "pfn",
          Kind.NO_SUCH_ZONE, "zone",
          Kind.NO_SUCH_NODE, "node",
          Kind.NO_SUCH_CPU, "cpu");

  private Problems() {}

  /** The problem of an exception as the members of a JSON object, without instance. */
  public static Map<String, @Nullable Object> members(ProblemException e) {
    return members(e, null);
  }

  private static Map<String, @Nullable Object> members(
      ProblemException e, @Nullable String instance) {
    Map<String, @Nullable Object> problem = new LinkedHashMap<>();
    problem.put("type", e.type().uri().toString());
    problem.put("title", e.type().title());
    problem.put("status", e.type().status().value());
    problem.put("detail", e.detail());
    if (instance != null) {
      problem.put("instance", instance);
    }
    problem.putAll(e.members());
    return problem;
  }

  /**
   * The problem that an exception stands for, or null if it is one of the service's own mistakes.
   */
  public static @Nullable ProblemException known(Throwable thrown) {
    return ExceptionTranslator.known(thrown).orElse(null);
  }

  /**
   * The problem of a mistake of the service; what happened is written to the log.
   *
   * @param call what was under way
   */
  public static ProblemException internal(Throwable thrown, String call) {
    return ExceptionTranslator.internal(thrown, call);
  }

  /** What the machine refused, as a problem. */
  public static ProblemException of(MachineException e) {
    ProblemException problem =
        new ProblemException(ProblemType.valueOf(e.kind().name()), e.reason());
    new TreeMap<>(e.details()).forEach(problem::with);
    String field = FIELDS.get(e.kind());
    return field == null || e.details().containsKey("field")
        ? problem
        : problem.with("field", field);
  }

  /** A text that is no mask. */
  public static ProblemException of(GfpParseException e) {
    return new ProblemException(ProblemType.INVALID_GFP, String.valueOf(e.getMessage()))
        .with("field", "gfp")
        .with("token", e.token())
        .with("nearest", e.nearest());
  }

  /** A complete answer. */
  static ResponseEntity<Object> answer(ProblemException e, HttpHeaders headers, String path) {
    Map<String, @Nullable Object> body = members(e, path);
    HttpHeaders all = new HttpHeaders();
    all.putAll(headers);
    all.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    all.setCacheControl("no-store");
    if (e.type().status().value() == 503) {
      all.set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    return ResponseEntity.status(e.type().status()).headers(all).body(body);
  }
}
