package dev.buddyd.api.http;

import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.config.Limits;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * How much a body may have.
 *
 * @param sentName the setting that limits the body as sent
 * @param sentBytes its value; {@link Long#MAX_VALUE} for a stream without end
 * @param inflatedName the setting that limits the inflated body
 * @param inflatedBytes its value
 */
record BodyLimit(String sentName, long sentBytes, String inflatedName, long inflatedBytes) {

  private static final String PREFIX = "buddyd.limits.";

  /** The limit of an endpoint. */
  static BodyLimit of(Limits limits, String method, String path, @Nullable String contentType) {
    if (path.equals("/operations")) { // bounded line by line
      return new BodyLimit("stream", Long.MAX_VALUE, "stream", Long.MAX_VALUE);
    }
    if (path.equals("/diagnoses") || (path.equals("/machine") && !isJson(contentType))) {
      return one("diagnosis-body", limits.diagnosisBody());
    }
    if (path.equals("/machine/snapshot") || (path.equals("/replays") && method.equals("POST"))) {
      return new BodyLimit(
          PREFIX + "upload-body",
          limits.uploadBody().toBytes(),
          PREFIX + "upload-inflated",
          limits.uploadInflated().toBytes());
    }
    return one("json-body", limits.jsonBody());
  }

  /** The problem of a body with more bytes than this. */
  static ProblemException tooLarge(String limitName, long limitBytes) {
    return ProblemException.tooLarge(
        limitName,
        limitBytes,
        "the body has more than the %d bytes that %s allows".formatted(limitBytes, limitName));
  }

  private static boolean isJson(@Nullable String contentType) {
    return contentType != null && contentType.startsWith("application/json");
  }

  private static BodyLimit one(String name, DataSize size) {
    return new BodyLimit(PREFIX + name, size.toBytes(), PREFIX + name, size.toBytes());
  }
}
