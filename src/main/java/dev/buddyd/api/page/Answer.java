package dev.buddyd.api.page;

import dev.buddyd.api.problem.ProblemException;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** The answer to {@code POST /pages}, complete, so that it can be given again as it was. */
sealed interface Answer {

  /**
   * The HTTP answer, or the problem thrown.
   *
   * @param response gets the headers: each map of headers that they go through on their way costs
   */
  ResponseEntity<?> send(HttpServletResponse response);

  /** The same answer to a request that was repeated. */
  Answer again();

  /** About how much memory it takes. */
  long bytes();

  /** Where a new allocation is, and the {@code ETag} that names it. */
  record Made(String location, String tag) {}

  /**
   * Pages were granted, or the refusal is told as text.
   *
   * @param made the allocation, if there is a new one
   * @param repeated whether it was given before
   */
  record Sent(
      HttpStatus status,
      @Nullable Made made,
      MediaType type,
      Object body,
      boolean repeated,
      long bytes)
      implements Answer {

    @Override
    public ResponseEntity<?> send(HttpServletResponse response) {
      if (made != null) {
        response.setHeader(HttpHeaders.LOCATION, made.location());
        response.setHeader(HttpHeaders.ETAG, made.tag());
      }
      response.setContentType(type.toString());
      if (repeated) {
        response.setHeader("Idempotent-Replayed", "true");
      }
      return ResponseEntity.status(status).body(body);
    }

    @Override
    public Answer again() {
      return new Sent(status, made, type, body, true, bytes);
    }
  }

  /** The machine has no such pages. */
  record Refused(ProblemException problem, long bytes) implements Answer {
    @Override
    public ResponseEntity<?> send(HttpServletResponse response) {
      throw problem;
    }

    @Override
    public Answer again() {
      return this;
    }
  }
}
