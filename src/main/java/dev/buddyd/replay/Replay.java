package dev.buddyd.replay;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One replay, from its arrival to its end; safe to look at from any thread. */
public final class Replay {

  /** Where a replay is. */
  public enum State {
    QUEUED,
    RUNNING,
    DONE,
    FAILED,
    CANCELLED
  }

  private final long id;
  private final Spool sent;
  private final Spool answer;
  private final RunControl control = new RunControl();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile State state = State.QUEUED;
  private volatile @Nullable ReplayResult result;
  private volatile @Nullable RuntimeException failure;
  private volatile @Nullable Instant endedAt;

  Replay(long id, Spool sent, Spool answer) {
    this.id = id;
    this.sent = sent;
    this.answer = answer;
  }

  /** Runs to the end; called once, by the thread that serves it. */
  void perform(Run run, InstantSource clock) {
    state = State.RUNNING;
    State end = State.FAILED;
    try (run) {
      control.reach(0);
      result = run.run(answer);
      end = State.DONE;
    } catch (CancellationException e) {
      end = State.CANCELLED;
    } catch (RuntimeException e) {
      failure = e;
    } catch (IOException e) {
      failure = new UncheckedIOException(e);
    } finally {
      close(sent);
      if (end != State.DONE) {
        close(answer);
      }
      state = end;
      endedAt = clock.instant();
      ended.countDown();
    }
  }

  private static void close(Spool spool) {
    try {
      spool.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public long id() {
    return id;
  }

  public State state() {
    return state;
  }

  /** Operations done so far. */
  public int operationsDone() {
    return control.done();
  }

  /** Operations in all; 0 until they were read. */
  public int operationsTotal() {
    return control.total();
  }

  /** What came out, once it is {@link State#DONE}. */
  public @Nullable ReplayResult result() {
    return result;
  }

  /**
   * Why it {@link State#FAILED}: a {@link dev.buddyd.replay.json.RecordingException}, a {@link
   * dev.buddyd.replay.json.LimitException}, a {@link
   * dev.buddyd.replay.recording.FrameTablesFullException}, or an error of this service.
   */
  public @Nullable RuntimeException failure() {
    return failure;
  }

  /** When it ended, or null. */
  public @Nullable Instant endedAt() {
    return endedAt;
  }

  /** Waits for the end; says whether it came. */
  public boolean await(long timeout, TimeUnit unit) throws InterruptedException {
    return ended.await(timeout, unit);
  }

  /** Asks it to stop; it does so before its next few hundred operations. */
  public void cancel() {
    control.cancel();
  }

  RunControl control() {
    return control;
  }

  /**
   * Writes the completed recording, question or table as JSON text.
   *
   * @throws IllegalStateException if the replay is not {@link State#DONE}
   */
  public void writeRecording(OutputStream out) throws IOException {
    if (state != State.DONE) {
      throw new IllegalStateException("replay " + id + " is " + state);
    }
    try (var text = answer.raw()) {
      text.transferTo(out);
    }
  }

  /** Forgets the completed recording. */
  void discard() {
    close(answer);
  }
}
