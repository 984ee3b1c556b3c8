package dev.buddyd.api.machine;

import dev.buddyd.api.http.StateTag;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import dev.buddyd.machine.MachineCapture;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.machine.snapshot.Snapshots;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Semaphore;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.springframework.stereotype.Component;

/**
 * Writes snapshots to temporary files, so that a client that reads slowly holds nothing of the
 * machine.
 */
@Component
class SnapshotSpool {

  private static final int AT_THE_SAME_TIME = 2;
  private static final int BUFFER = 1 << 16;

  private final Semaphore places = new Semaphore(AT_THE_SAME_TIME);

  /**
   * A snapshot in a file; exactly one of its streams must be opened and closed.
   *
   * @param tag of the state
   * @param path the file, gzip
   */
  record Spooled(StateTag tag, Path path) {

    /** The gzip file; closing it deletes it. */
    InputStream gzip() throws IOException {
      return Files.newInputStream(path, StandardOpenOption.DELETE_ON_CLOSE);
    }

    /** The text; closing it deletes the file. */
    InputStream text() throws IOException {
      return new GZIPInputStream(gzip(), BUFFER);
    }
  }

  /**
   * Writes a machine's state as it is now.
   *
   * @throws ProblemException {@code overloaded} if others do that right now
   */
  Spooled write(SimulatedMachine machine) throws IOException {
    if (!places.tryAcquire()) {
      throw new ProblemException(
          ProblemType.OVERLOADED,
          "%d snapshots are being written; more are not begun".formatted(AT_THE_SAME_TIME));
    }
    try {
      return spool(machine);
    } finally {
      places.release();
    }
  }

  private static Spooled spool(SimulatedMachine machine) throws IOException {
    Path path = Files.createTempFile("buddyd-snapshot-", ".json.gz");
    boolean done = false;
    try (MachineCapture capture = machine.capture();
        OutputStream out =
            new BufferedOutputStream(
                new GZIPOutputStream(Files.newOutputStream(path), BUFFER), BUFFER)) {
      Snapshots.write(capture.state(), out);
      done = true;
      return new Spooled(new StateTag(machine.epoch(), capture.state().sequence()), path);
    } finally {
      if (!done) {
        Files.deleteIfExists(path);
      }
    }
  }
}
