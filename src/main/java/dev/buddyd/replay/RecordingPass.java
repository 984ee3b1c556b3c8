package dev.buddyd.replay;

import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.replay.json.Json;
import dev.buddyd.replay.json.JsonText;
import dev.buddyd.replay.json.RecordingException;
import dev.buddyd.replay.recording.Executor;
import dev.buddyd.replay.recording.JsonDiff;
import dev.buddyd.replay.recording.Operations;
import dev.buddyd.replay.recording.ProbeSource;
import dev.buddyd.replay.recording.ProbeWriter;
import dev.buddyd.replay.recording.RecordingFile;
import dev.buddyd.replay.recording.StateLoader;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/**
 * One way through a recording's operations on a machine of its own, with every result and probe
 * compared that the recording has.
 */
final class RecordingPass implements AutoCloseable {

  /** The first thing that differed. */
  record Mismatch(
      String where, @Nullable Integer operation, int line, JsonDiff.Difference difference) {}

  private final RecordingFile file;
  private final Operations ops;
  private final RunControl control;
  private final PhysicalMemory memory;
  private final Executor executor;
  private @Nullable ProbeSource recorded;
  private @Nullable Writer probesOut;
  private @Nullable Mismatch first;
  private int nextProbe;
  private int resultsCompared;
  private int resultsEqual;
  private int probesCompared;
  private int probesEqual;

  RecordingPass(RecordingFile file, SectionBudget budget, RunControl control) {
    this.file = file;
    this.ops = file.operations();
    this.control = control;
    this.memory = StateLoader.load(file.kernel(), file.before(), budget);
    this.executor = new Executor(memory, ops);
  }

  /** Compares probes with these. */
  void compareProbes(ProbeSource source) {
    recorded = source;
  }

  /** Writes this machine's probes here, one per line. */
  void writeProbes(Writer out) {
    probesOut = out;
  }

  /**
   * Performs all operations.
   *
   * @param examined operation that is looked at closely, or -1
   * @param examination what looks
   */
  void run(int examined, @Nullable Examination examination) {
    int position = -1;
    probes(position, -1);
    for (int i = 0; i < ops.size(); i++) {
      control.reach(i);
      if (i == examined && examination != null) {
        examination.before(memory);
        executor.perform(i, examination.trace());
        examination.after(memory);
      } else {
        executor.perform(i, null);
      }
      compareResult(i);
      int pages = ops.kind(i) == Operations.BULK ? bulkPages(i) : 0;
      boolean asked = ops.kind(i) == Operations.BULK && ops.given(i) == Operations.ASKED;
      position += 1 + (asked ? (int) ops.result(i) : pages);
      i += pages;
      probes(position, i);
    }
    control.end();
    if (nextProbe < file.probeCount()) {
      throw new RecordingException(
          file.probeLine(nextProbe),
          "probes[" + nextProbe + "].afterOp",
          "there are only " + (position + 1) + " operations");
    }
  }

  private void compareResult(int i) {
    boolean answers =
        switch (ops.kind(i)) {
          case Operations.ALLOCATE, Operations.EXACT, Operations.BULK, Operations.UNRESERVE -> true;
          default -> false;
        };
    if (answers && ops.given(i) != Operations.ASKED) {
      compare(i, ops.given(i), ops.result(i));
    }
  }

  /** Compares the lines of the pages that a bulk request got; returns how many there are. */
  private int bulkPages(int i) {
    int count = 0;
    while (i + count + 1 < ops.size() && ops.kind(i + count + 1) == Operations.BULK_PAGE) {
      int line = i + count + 1;
      if (ops.slot(line) != ops.slot(i) + count) {
        throw new RecordingException(
            ops.line(line), "ops[" + line + "][1]", "must be slot " + (ops.slot(i) + count));
      }
      long ours = count < ops.result(i) ? executor.bulk().pfn(ops.extra(i) + count) : -1;
      compare(line, ops.given(line), ours);
      count++;
    }
    long given = ops.given(i) == Operations.ASKED ? 0 : ops.given(i);
    if (count != given) {
      throw new RecordingException(
          ops.line(i), "ops[" + i + "][6]", given + " b lines must follow, but " + count + " do");
    }
    return count;
  }

  private void compare(int i, long expected, long actual) {
    resultsCompared++;
    if (expected == actual) {
      resultsEqual++;
      return;
    }
    executor.diverged();
    if (first == null) {
      first =
          new Mismatch(
              "operation",
              i,
              ops.line(i),
              new JsonDiff.Difference(
                  "ops[" + i + "]", Long.toString(expected), Long.toString(actual)));
    }
  }

  private void probes(int position, int operation) {
    while (nextProbe < file.probeCount() && file.probeAfter(nextProbe) <= position) {
      Json.Obj ours = ProbeWriter.write(memory, file.probeAfter(nextProbe));
      Json.Obj theirs = recorded == null ? null : recorded.next();
      if (theirs != null && theirs.members().size() > 1) {
        probesCompared++;
        JsonDiff.Difference difference = JsonDiff.first(theirs, ours);
        if (difference == null) {
          probesEqual++;
        } else if (first == null) {
          first =
              new Mismatch(
                  "probe", operation, file.probeLine(nextProbe), inside(nextProbe, difference));
        }
      }
      if (probesOut != null) {
        JsonText.write(ours, probesOut, nextProbe == 0 ? "" : ",\n");
      }
      nextProbe++;
    }
  }

  private static JsonDiff.Difference inside(int probe, JsonDiff.Difference difference) {
    return new JsonDiff.Difference(
        "probes[" + probe + "]." + difference.path(), difference.expected(), difference.actual());
  }

  PhysicalMemory memory() {
    return memory;
  }

  Executor executor() {
    return executor;
  }

  @Nullable Mismatch first() {
    return first;
  }

  int resultsCompared() {
    return resultsCompared;
  }

  int resultsEqual() {
    return resultsEqual;
  }

  int probesCompared() {
    return probesCompared;
  }

  int probesEqual() {
    return probesEqual;
  }

  /** The machine goes; its frame tables are given back. */
  @Override
  public void close() {
    if (recorded != null) {
      recorded.close();
    }
    memory.release();
  }
}
