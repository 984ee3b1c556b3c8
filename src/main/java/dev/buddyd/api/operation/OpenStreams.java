package dev.buddyd.api.operation;

import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import dev.buddyd.config.Limits;
import java.util.concurrent.Semaphore;
import org.springframework.stereotype.Component;

/** Counts the requests under way, so that they leave threads to the other endpoints. */
@Component
final class OpenStreams {

  private final Limits limits;
  private final Semaphore places;

  OpenStreams(Limits limits) {
    this.limits = limits;
    this.places = new Semaphore(limits.operationStreams());
  }

  /**
   * Takes a place.
   *
   * @throws ProblemException if all are taken
   */
  void open() {
    if (!places.tryAcquire()) {
      throw new ProblemException(
              ProblemType.OVERLOADED,
              "all %d streams of operations are in use".formatted(limits.operationStreams()))
          .with("limit_name", "buddyd.limits.operation-streams")
          .with("limit", limits.operationStreams());
    }
  }

  void close() {
    places.release();
  }
}
