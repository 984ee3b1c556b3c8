package dev.buddyd.machine.snapshot;

import dev.buddyd.input.CountedInput;
import dev.buddyd.input.GzipFile;
import dev.buddyd.machine.MachineException;
import dev.buddyd.machine.MachineException.Kind;
import dev.buddyd.machine.MachineState;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.zone.Sysctls.Knob;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.zip.ZipException;

/** Snapshots in and out: {@code buddyd-snapshot/1}, plain or gzip. */
public final class Snapshots {

  /** Name and version of the format. */
  public static final String FORMAT = "buddyd-snapshot/1";

  static final int MOVABLE = 1;
  static final int COMPOUND = 2;

  /** Where the two bits begin that say whether an allocation has been moved. */
  static final int MOVES_SHIFT = 2;

  /** Place of {@code numa_foreign} among the NUMA events (F-16). */
  static final int NUMA_FOREIGN = 2;

  private Snapshots() {}

  /**
   * What is taken in.
   *
   * @param maxCompressedBytes of a gzip file, or of one that is not
   * @param maxInflatedBytes of its text, counted while inflating
   * @param maxOwners distinct owners
   * @param maxNodes nodes of the machine
   * @param maxCpus CPUs of the machine
   */
  public record Limits(
      long maxCompressedBytes, long maxInflatedBytes, int maxOwners, int maxNodes, int maxCpus) {

    /** Those of a body that was inflated already, and was counted while it was compressed. */
    public Limits ofInflated() {
      return new Limits(maxInflatedBytes, maxInflatedBytes, maxOwners, maxNodes, maxCpus);
    }

    /** The defaults of the service. */
    public static Limits defaults() {
      return new Limits(64L << 20, 1L << 30, 65_536, 64, 512);
    }
  }

  /**
   * Writes a state that nobody changes meanwhile, such as that of a capture.
   *
   * @param to is flushed, not closed
   */
  public static void write(MachineState state, OutputStream to) {
    SnapshotWriter.write(state, to);
  }

  /**
   * Reads a snapshot into a machine of its own and checks it whole.
   *
   * @param from plain text or a gzip file; is not closed
   * @param budget what its frame tables are paid from
   * @return its state, which the caller must put into service or release
   * @throws MachineException if it is no sound snapshot of this version, or too large
   * @throws IOException if {@code from} cannot be read
   */
  public static MachineState read(InputStream from, SectionBudget budget, Limits limits)
      throws IOException {
    try {
      BufferedInputStream in =
          new BufferedInputStream(
              new CountedInput(
                  from,
                  limits.maxCompressedBytes(),
                  tooLarge("buddyd.limits.upload-body", limits.maxCompressedBytes())),
              1 << 16);
      return new SnapshotReader(inflated(in, limits), budget, limits).read();
    } catch (SnapshotTooLargeException e) {
      throw e.refusal();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static CountedInput.Complaint tooLarge(String limit, long bytes) {
    return () -> {
      throw new SnapshotTooLargeException(limit, bytes);
    };
  }

  private static InputStream inflated(BufferedInputStream in, Limits limits) throws IOException {
    long most = limits.maxInflatedBytes();
    try {
      return GzipFile.text(in, most, tooLarge("buddyd.limits.upload-inflated", most));
    } catch (EOFException | ZipException e) {
      throw new MachineException(
          Kind.INVALID_SNAPSHOT,
          "line 1: the gzip data are damaged or end in the middle",
          Map.of("line", 1, "field", ""));
    }
  }

  /** Whether a sysctl is a number, and so a part of a snapshot's {@code sysctls}. */
  static boolean numeric(Knob knob) {
    return knob != Knob.LOWMEM_RESERVE_RATIO && knob != Knob.NUMA_ZONELIST_ORDER;
  }
}
