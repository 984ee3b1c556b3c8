package dev.buddyd.replay;

import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.trace.WatermarkVerdict;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.replay.FirstDifference.Decided;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keeps the decisions of one operation. */
final class LastDecisions implements Trace {

  /** A decision with its zone and values. */
  record Made(Decision decision, int zone, long[] values) {}

  private static final int MOST = 200;

  private final PhysicalMemory memory;
  private final List<Made> made = new ArrayList<>();
  private final List<Decided> told = new ArrayList<>();
  private @Nullable String refusingTest;

  LastDecisions(PhysicalMemory memory) {
    this.memory = memory;
  }

  @Override
  public void decided(
      Decision decision, int zone, long v0, long v1, long v2, long v3, long v4, long v5) {
    if (made.size() >= MOST) {
      return;
    }
    long[] values = {v0, v1, v2, v3, v4, v5};
    made.add(new Made(decision, zone, values));
    Map<String, Long> named = new LinkedHashMap<>();
    for (int i = 0; i < decision.valueCount(); i++) {
      named.put(decision.valueName(i), values[i]);
    }
    tell(decision.rule(), decision.name(), zone, named);
  }

  @Override
  public void watermark(WatermarkVerdict verdict) {
    if (!verdict.pass()) {
      refusingTest = verdict.rule();
    }
    Map<String, Long> named = new LinkedHashMap<>();
    named.put("wm", (long) verdict.wm());
    named.put("left", verdict.left());
    named.put("right", verdict.right());
    named.put("block_ok", verdict.blockOk() ? 1L : 0L);
    named.put("pass", verdict.pass() ? 1L : 0L);
    tell(verdict.rule(), "WATERMARK", verdict.zone(), named);
  }

  private void tell(String rule, String name, int ordinal, Map<String, Long> values) {
    if (told.size() < MOST) {
      Zone zone = ordinal == NO_ZONE ? null : memory.zone(ordinal);
      told.add(
          new Decided(
              rule,
              name,
              zone == null ? null : zone.node(),
              zone == null ? null : zone.name(),
              values));
    }
  }

  @Override
  public boolean wantsWatermarks() {
    return true;
  }

  /** All decisions, readable. */
  List<Decided> told() {
    return List.copyOf(told);
  }

  /** All decisions but watermark tests. */
  List<Made> made() {
    return made;
  }

  /** The rule that chose the block, refused, or placed what was freed. */
  @Nullable String rule() {
    String rule = null;
    boolean refilled = false;
    for (Made decision : made) {
      switch (decision.decision()) {
        case TAKE, STEAL, CLAIM_BLOCK -> {
          if (!refilled) {
            rule = decision.decision().rule();
            refilled = true;
          }
        }
        case PCP_HIT -> rule = refilled ? rule : decision.decision().rule();
        case REFUSED -> rule = refusingTest == null ? decision.decision().rule() : refusingTest;
        case PCP_FREE, PCP_DRAIN, LIST_END, HIGHATOMIC_UNRESERVE, EXACT_TRIM ->
            rule = decision.decision().rule();
        default -> {}
      }
    }
    return rule;
  }
}
