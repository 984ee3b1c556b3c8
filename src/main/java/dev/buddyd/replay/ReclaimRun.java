package dev.buddyd.replay;

import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.replay.json.JsonReader;
import dev.buddyd.replay.reclaim.Agreement;
import dev.buddyd.replay.reclaim.ReclaimRecording;
import dev.buddyd.replay.reclaim.TestVerdict;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Makes the tests of a recording of memory running out again ({@code pgreclaim/1}). */
final class ReclaimRun implements Run {

  private final Spool sent;
  private final ReplayLimits limits;
  private final SectionBudget budget;
  private final RunControl control;

  ReclaimRun(Spool sent, ReplayLimits limits, SectionBudget budget, RunControl control) {
    this.sent = sent;
    this.limits = limits;
    this.budget = budget;
    this.control = control;
  }

  @Override
  public ReplayResult run(Spool answer) throws IOException {
    ReclaimRecording.Result result;
    try (JsonReader in = limits.json(sent)) {
      result =
          ReclaimRecording.run(
              in,
              budget,
              done -> {
                control.begin(done + 1);
                control.check(done);
              });
    }
    control.end();
    try (InputStream same = limits.text(sent)) {
      same.transferTo(answer);
    }
    List<TestVerdict.Item> items =
        result.tests().stream().map(TestVerdict::items).flatMap(List::stream).toList();
    int held = (int) items.stream().filter(i -> i.agreement() != Agreement.DIFFERS).count();
    return new ReplayResult(
        result.name(),
        ReplayResult.Kind.RECLAIM,
        result.tests().size(),
        Comparison.ofResults(items.size(), held, 0),
        List.of(),
        null,
        null,
        result.tests());
  }
}
