package dev.buddyd.config;

import dev.buddyd.machine.MachineCapture;
import dev.buddyd.machine.MachineException;
import dev.buddyd.machine.MachineState;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.machine.snapshot.Snapshots;
import dev.buddyd.mm.frame.SectionBudget;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/**
 * The file that keeps a machine over a restart, and beside it ({@code .epoch}) the number of the
 * last boot or restore, so that none is used twice, whatever way the service ended.
 */
final class SnapshotStore {

  /** What was in service may come back, whatever the limits are now. */
  private static final int MOST_NODES = 1_024;

  private static final int MOST_CPUS = 8_192;

  private final Path path;
  private final Path epochPath;

  SnapshotStore(Path path) {
    this.path = path.toAbsolutePath();
    this.epochPath = this.path.resolveSibling(this.path.getFileName() + ".epoch");
  }

  Path path() {
    return path;
  }

  /**
   * The state in the file, or nothing if there is no file yet.
   *
   * @throws SnapshotFileException if the file cannot be read, or holds no sound snapshot
   */
  Optional<MachineState> load(SectionBudget budget, int maxOwners) {
    if (Files.notExists(path)) {
      return Optional.empty();
    }
    Snapshots.Limits limits =
        new Snapshots.Limits(Long.MAX_VALUE, Long.MAX_VALUE, maxOwners, MOST_NODES, MOST_CPUS);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
      return Optional.of(Snapshots.read(in, budget, limits));
    } catch (IOException e) {
      throw new SnapshotFileException(path, "cannot be read (" + e + ")", e);
    } catch (MachineException e) {
      throw new SnapshotFileException(path, e.reason(), e);
    }
  }

  /**
   * A number that no boot or restore had before.
   *
   * @throws SnapshotFileException if the directory cannot be written to, or the number not be read
   */
  long nextEpoch() {
    try {
      long last = Files.exists(epochPath) ? Long.parseLong(Files.readString(epochPath).strip()) : 0;
      Files.writeString(epochPath, (last + 1) + "\n");
      return last + 1;
    } catch (IOException | NumberFormatException e) {
      throw new SnapshotFileException(epochPath, "cannot be read and written (" + e + ")", e);
    }
  }

  /** Writes a machine's state: the file is the old one or the new one, never half of it. */
  void save(SimulatedMachine machine) throws IOException {
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    try (MachineCapture capture = machine.capture()) {
      try (OutputStream out =
          new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(fresh)), 1 << 16)) {
        Snapshots.write(capture.state(), out);
      }
    }
    try (FileChannel written = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      written.force(true);
    }
    Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(epochPath, machine.epoch() + "\n");
  }
}
