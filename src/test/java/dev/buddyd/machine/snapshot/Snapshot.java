package dev.buddyd.machine.snapshot;

import dev.buddyd.machine.MachineCapture;
import dev.buddyd.machine.MachineOptions;
import dev.buddyd.machine.MachineState;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.frame.SectionBudget;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** Snapshots as strings, for tests. */
final class Snapshot {

  private Snapshot() {}

  static String of(SimulatedMachine machine) {
    try (MachineCapture capture = machine.capture()) {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      Snapshots.write(capture.state(), text);
      return text.toString(StandardCharsets.UTF_8);
    }
  }

  static MachineState read(byte[] bytes, SectionBudget budget) {
    try {
      return Snapshots.read(new ByteArrayInputStream(bytes), budget, Snapshots.Limits.defaults());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static MachineState read(String text) {
    return read(text.getBytes(StandardCharsets.UTF_8), SectionBudget.unlimited());
  }

  static SimulatedMachine restore(String text) {
    return new SimulatedMachine(read(text), 2, MachineOptions.defaults());
  }

  static byte[] gzip(byte[] text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
