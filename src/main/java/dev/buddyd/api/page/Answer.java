package dev.buddyd.api.page;

import dev.buddyd.api.problem.ProblemException;
import org.springframework.http.ResponseEntity;

/** The answer to {@code POST /pages}, complete, so that it can be given again as it was. */
sealed interface Answer {

  /** The HTTP answer, or the problem thrown. */
  ResponseEntity<?> send();

  /** The same answer to a request that was repeated. */
  Answer again();

  /** About how much memory it takes. */
  long bytes();

  /** Pages were granted, or the refusal is told as text. */
  record Sent(ResponseEntity<?> response, long bytes) implements Answer {
    @Override
    public ResponseEntity<?> send() {
      return response;
    }

    @Override
    public Answer again() {
      return new Sent(
          ResponseEntity.status(response.getStatusCode())
              .headers(response.getHeaders())
              .header("Idempotent-Replayed", "true")
              .body(response.getBody()),
          bytes);
    }
  }

  /** The machine has no such pages. */
  record Refused(ProblemException problem, long bytes) implements Answer {
    @Override
    public ResponseEntity<?> send() {
      throw problem;
    }

    @Override
    public Answer again() {
      return this;
    }
  }
}
