package dev.buddyd.replay;

import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.replay.json.Field;
import dev.buddyd.replay.json.Json;
import dev.buddyd.replay.json.JsonReader;
import dev.buddyd.replay.json.JsonText;
import dev.buddyd.replay.table.TableRow;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Computes a watermark table row by row ({@code pgoracle-table/1}). */
final class TableRun implements Run {

  private final Spool sent;
  private final ReplayLimits limits;
  private final SectionBudget budget;
  private final RunControl control;
  private int states;
  private int compared;
  private int equal;
  private int asked;
  private @Nullable FirstDifference first;

  TableRun(Spool sent, ReplayLimits limits, SectionBudget budget, RunControl control) {
    this.sent = sent;
    this.limits = limits;
    this.budget = budget;
    this.control = control;
  }

  @Override
  public ReplayResult run(Spool answer) throws IOException {
    Writer out = new BufferedWriter(new OutputStreamWriter(answer, StandardCharsets.UTF_8));
    try (JsonReader in = limits.json(sent)) {
      in.enterDocument();
      String before = "{";
      boolean rows = false;
      for (String key = in.nextMember(); key != null; key = in.nextMember()) {
        out.append(before);
        before = ",\n";
        JsonText.string(key, out);
        out.append(':');
        if (key.equals("rows") && !rows) {
          rows = true;
          rows(in, out);
        } else {
          JsonText.write(in.value(), out);
        }
      }
      if (!rows) {
        throw in.wrong("the table has no rows");
      }
      in.endDocument();
    }
    out.append("}\n");
    out.flush();
    control.end();
    return ReplayResult.of(
        "",
        asked > 0 ? ReplayResult.Kind.TABLE_QUESTION : ReplayResult.Kind.TABLE,
        states,
        Comparison.ofResults(compared, equal, asked),
        List.of(),
        first);
  }

  private void rows(JsonReader in, Writer out) throws IOException {
    in.enterArray();
    out.append('[');
    String before = "\n";
    for (int number = 0; in.nextItem(); number++) {
      in.forget();
      control.begin(number + 1);
      control.check(number);
      Field field = new Field(in.value(), "rows[" + number + "]");
      TableRow row = new TableRow(field, budget);
      Json.Obj completed = row.run();
      out.append(before);
      before = ",\n";
      JsonText.write(completed, out);
      states += row.states();
      compared += row.compared();
      equal += row.equal();
      asked += row.asked();
      TableRow.Mismatch mismatch = row.first();
      if (first == null && mismatch != null) {
        first = report(number, mismatch);
      }
    }
    out.append("\n]");
  }

  private static FirstDifference report(int row, TableRow.Mismatch mismatch) {
    String state = mismatch.step() < 0 ? "boot" : "steps[" + mismatch.step() + "]";
    String path = "rows[" + row + "]." + state + "." + mismatch.difference().path();
    return new FirstDifference(
        "table",
        mismatch.step(),
        mismatch.line(),
        mismatch.sysctl(),
        path,
        mismatch.difference().expected(),
        mismatch.difference().actual(),
        mismatch.rule(),
        "Row "
            + row
            + ", "
            + (mismatch.sysctl() == null ? "boot" : mismatch.sysctl())
            + ": the table has "
            + mismatch.difference().expected()
            + " at "
            + path
            + ", rule "
            + mismatch.rule()
            + " gives "
            + mismatch.difference().actual()
            + ".",
        List.of(),
        List.of());
  }
}
