package dev.buddyd.replay.table;

import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls;
import dev.buddyd.replay.json.Field;
import dev.buddyd.replay.json.Json;
import dev.buddyd.replay.recording.JsonDiff;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One row of a watermark table: a boot, then sysctl writes that accumulate. */
public final class TableRow {

  /**
   * The first value that differs.
   *
   * @param step number of the step, -1 for the boot
   * @param line line of the state in the text
   * @param sysctl what the step wrote, null for the boot
   * @param difference path within the state, and both values
   * @param rule id of the rule that computes the value
   */
  public record Mismatch(
      int step, int line, @Nullable String sysctl, JsonDiff.Difference difference, String rule) {}

  private final Field row;
  private final SectionBudget budget;
  private int compared;
  private int equal;
  private int asked;
  private int states;
  private @Nullable Mismatch first;

  /**
   * A row.
   *
   * @param budget what the frame tables of its machine may take
   */
  public TableRow(Field row, SectionBudget budget) {
    this.row = row;
    this.budget = budget;
  }

  /** Computes the row and compares it with what was sent; returns it completed. */
  public Json.Obj run() {
    Field boot = row.at("boot");
    Field thp = row.find("thp");
    boolean hugePages = thp == null || thp.isNull() || !thp.asText().contains("[never]");
    PhysicalMemory memory = new ReleasedPages(boot, hugePages, budget).boot();
    try {
      Map<String, Json> answer = new LinkedHashMap<>(((Json.Obj) row.value()).members());
      Json.Obj bootSent = (Json.Obj) boot.value();
      Json.Obj computed = TableState.write(memory, bootSent, bootSent);
      compare(-1, null, bootSent, computed);
      answer.put("boot", computed);
      TableState.load(memory, boot); // Z-24
      Field steps = row.find("steps");
      List<Json> done = new ArrayList<>();
      if (steps != null) {
        for (Field step : steps.items()) {
          done.add(step(memory, step, bootSent, done.size()));
        }
        answer.put("steps", new Json.Arr(0, done));
      }
      return new Json.Obj(0, answer);
    } finally {
      memory.release();
    }
  }

  private Json step(PhysicalMemory memory, Field step, Json.Obj boot, int number) {
    Field sysctl = step.at("sysctl");
    String text = sysctl.asText();
    String rewrite = "rewrite ";
    int equals = text.indexOf('=');
    try {
      if (text.startsWith(rewrite)) {
        String name = text.substring(rewrite.length());
        Sysctls.write(memory, name, Sysctls.read(memory, name));
      } else if (equals > 0) {
        Sysctls.write(memory, text.substring(0, equals), text.substring(equals + 1));
      } else {
        throw sysctl.wrong("must be \"NAME=VALUE\" or \"rewrite NAME\"");
      }
    } catch (Sysctls.InvalidSysctlException e) {
      throw sysctl.wrong(e.reason());
    }
    Json.Obj sent = (Json.Obj) step.value();
    Json.Obj computed = TableState.write(memory, sent, boot);
    compare(number, text, sent, computed);
    return computed;
  }

  private void compare(int step, @Nullable String sysctl, Json.Obj sent, Json.Obj computed) {
    TableDiff diff = new TableDiff(sent, computed);
    states++;
    compared += diff.compared();
    equal += diff.equal();
    asked += diff.asked();
    JsonDiff.Difference difference = diff.first();
    if (first == null && difference != null) {
      first =
          new Mismatch(step, sent.line(), sysctl, difference, TableDiff.rule(difference.path()));
    }
  }

  /** States computed: the boot and every step. */
  public int states() {
    return states;
  }

  /** Values that were sent. */
  public int compared() {
    return compared;
  }

  /** Those of them that are as computed. */
  public int equal() {
    return equal;
  }

  /** Values that were asked for. */
  public int asked() {
    return asked;
  }

  /** The first value that differs, or null. */
  public @Nullable Mismatch first() {
    return first;
  }
}
