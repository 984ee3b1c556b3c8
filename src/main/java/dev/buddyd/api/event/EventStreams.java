package dev.buddyd.api.event;

import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import dev.buddyd.config.Limits;
import java.util.concurrent.Semaphore;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Counts the open streams and ends them before the server stops. */
@Component
final class EventStreams implements SmartLifecycle {

  private final Limits limits;
  private final Semaphore places;
  private volatile boolean running;

  EventStreams(Limits limits) {
    this.limits = limits;
    this.places = new Semaphore(limits.streams());
  }

  /**
   * Takes a place.
   *
   * @throws ProblemException if all are taken
   */
  void open() {
    if (!places.tryAcquire()) {
      throw new ProblemException(
              ProblemType.OVERLOADED, "all %d event streams are in use".formatted(limits.streams()))
          .with("limit_name", "buddyd.limits.streams")
          .with("limit", limits.streams());
    }
  }

  void close() {
    places.release();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
  }

  /** Stops before the web server waits for its requests to end. */
  @Override
  public int getPhase() {
    return SmartLifecycle.DEFAULT_PHASE;
  }
}
