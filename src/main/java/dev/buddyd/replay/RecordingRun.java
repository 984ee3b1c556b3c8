package dev.buddyd.replay;

import dev.buddyd.mm.MmInvariants;
import dev.buddyd.mm.Violation;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.replay.RecordingPass.Mismatch;
import dev.buddyd.replay.json.Json;
import dev.buddyd.replay.json.JsonReader;
import dev.buddyd.replay.recording.JsonDiff;
import dev.buddyd.replay.recording.Operations;
import dev.buddyd.replay.recording.ProbeSource;
import dev.buddyd.replay.recording.ProcTexts;
import dev.buddyd.replay.recording.ProcTexts.Moment;
import dev.buddyd.replay.recording.RecordingFile;
import dev.buddyd.replay.recording.RecordingWriter;
import dev.buddyd.replay.recording.StateWriter;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Replays a recording or answers a question ({@code pgoracle/1}). */
final class RecordingRun implements Run {

  private static final int MOST_VIOLATIONS = 10;

  private final Spool sent;
  private final ReplayLimits limits;
  private final SectionBudget budget;
  private final RunControl control;

  RecordingRun(Spool sent, ReplayLimits limits, SectionBudget budget, RunControl control) {
    this.sent = sent;
    this.limits = limits;
    this.budget = budget;
    this.control = control;
  }

  /** What one way through gave beside its counts. */
  private record Outcome(ReplayResult result, @Nullable Mismatch first) {}

  @Override
  public ReplayResult run(Spool answer) throws IOException {
    RecordingFile file;
    try (JsonReader in = limits.json(sent)) {
      file = RecordingFile.read(in, limits.operations());
    }
    control.begin(file.operations().size());
    Spool probes = new Spool("recording_probe_bytes", limits.inflatedBytes());
    Outcome outcome = pass(file, file.question() ? probes : null, answer, -1, null);
    Mismatch first = outcome.first();
    if (first == null && file.question()) {
      return outcome.result();
    }
    if (first == null) {
      try (InputStream same = limits.text(sent)) {
        same.transferTo(answer);
      }
      return outcome.result();
    }
    return differing(file, first, outcome, answer);
  }

  /** Runs again with an eye on the operation that differed first. */
  private ReplayResult differing(RecordingFile file, Mismatch first, Outcome outcome, Spool answer)
      throws IOException {
    Operations ops = file.operations();
    Integer differs = first.operation();
    int examined = differs == null || differs < 0 ? -1 : ops.requestOf(differs);
    boolean pfn =
        examined >= 0
            && (ops.kind(examined) == Operations.ALLOCATE
                || ops.kind(examined) == Operations.EXACT);
    Examination examination = new Examination(pfn ? ops.given(examined) : -1);
    Spool probes = new Spool("recording_probe_bytes", limits.inflatedBytes());
    Spool target = answer.size() == 0 ? answer : new Spool("", limits.inflatedBytes());
    try {
      pass(file, probes, target, examined, examination);
    } finally {
      if (target != answer) {
        target.close();
      }
    }
    return outcome.result().with(DifferenceReport.of(first, examination, ops));
  }

  /** One way through; with a place for the probes the completed recording is written. */
  private Outcome pass(
      RecordingFile file,
      @Nullable Spool probes,
      Spool answer,
      int examined,
      @Nullable Examination examination)
      throws IOException {
    Operations ops = file.operations();
    boolean ticked = false;
    for (int i = 0; i < ops.size(); i++) {
      ticked |= ops.kind(i) == Operations.VMSTAT;
    }
    ProcTexts texts = new ProcTexts(file.procText(), ticked);
    Map<String, String> written = new LinkedHashMap<>(file.procText());
    Map<String, Boolean> textEqual = new LinkedHashMap<>();
    try (RecordingPass pass = new RecordingPass(file, budget, control)) {
      Mismatch textMismatch = texts(texts, Moment.BEFORE, pass.memory(), file, written, textEqual);
      if (file.probesAnswered()) {
        pass.compareProbes(new ProbeSource(limits.json(sent)));
      }
      Writer probesOut = null;
      if (probes != null) {
        probesOut =
            new BufferedWriter(new OutputStreamWriter(probes, StandardCharsets.UTF_8), 1 << 15);
        pass.writeProbes(probesOut);
      }
      pass.run(examined, examination);
      if (probesOut != null) {
        probesOut.flush();
      }
      Mismatch later = texts(texts, Moment.AFTER, pass.memory(), file, written, textEqual);
      Json.Obj after = StateWriter.write((Json.Obj) file.before().value(), pass.memory());
      Json recorded = file.after();
      JsonDiff.Difference afterDifference =
          recorded == null ? null : JsonDiff.first(recorded, after);
      Mismatch first = pass.first();
      if (first == null && afterDifference != null && recorded != null) {
        first = new Mismatch("after", null, recorded.line(), afterDifference);
      }
      first = first == null ? textMismatch : first;
      first = first == null ? later : first;
      List<String> violations = violations(pass.memory());
      if (probes != null) {
        try (InputStream text = limits.text(sent);
            InputStream probeText = probes.raw()) {
          new RecordingWriter(file, pass.executor().bulk(), after, written)
              .write(text, probeText, answer);
        } finally {
          probes.close();
        }
      }
      ReplayResult result =
          ReplayResult.of(
              file.name(),
              file.question() ? ReplayResult.Kind.QUESTION : ReplayResult.Kind.RECORDING,
              ops.size(),
              new Comparison(
                  pass.resultsCompared(),
                  pass.resultsEqual(),
                  ops.asked(),
                  pass.probesCompared(),
                  pass.probesEqual(),
                  recorded == null ? null : afterDifference == null,
                  textEqual),
              violations,
              null);
      return new Outcome(result, first);
    }
  }

  /** Writes the texts of a moment, and compares those that were sent. */
  private static @Nullable Mismatch texts(
      ProcTexts texts,
      Moment moment,
      PhysicalMemory memory,
      RecordingFile file,
      Map<String, String> written,
      Map<String, Boolean> textEqual) {
    Mismatch first = null;
    for (String name : texts.names(moment)) {
      String sent = file.procText().getOrDefault(name, "");
      String ours = texts.write(name, memory);
      if (sent.isEmpty()) {
        written.put(name, ours);
        continue;
      }
      boolean equal = ProcTexts.equal(sent, ours);
      textEqual.put(name, equal);
      if (!equal) {
        written.put(name, ours);
        if (first == null) {
          JsonDiff.Difference d = ProcTexts.firstDifference(sent, ours);
          first =
              new Mismatch(
                  "proc_text",
                  null,
                  0,
                  new JsonDiff.Difference(
                      "procText." + name + ", " + d.path(), d.expected(), d.actual()));
        }
      }
    }
    return first;
  }

  /** What is not sound about the machine, whatever was compared. */
  private static List<String> violations(PhysicalMemory memory) {
    memory.quiesce();
    try {
      return MmInvariants.check(memory, MOST_VIOLATIONS).stream().map(Violation::toString).toList();
    } finally {
      memory.resume();
    }
  }
}
