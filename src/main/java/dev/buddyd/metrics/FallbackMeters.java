package dev.buddyd.metrics;

import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.procfs.ZoneReading;
import java.util.List;

/** The fallback matrix: requests served from pageblocks of another type (B-30, B-40, B-50). */
final class FallbackMeters implements Subject {

  private static final String HELP =
      "Blocks taken from a list of another migratetype (from) because the wanted type (migratetype)"
          + " had none. claimed=\"true\": the whole pageblock changed its type, which keeps types"
          + " apart; claimed=\"false\": the block was stolen and types now mix. Worry about"
          + " UNMOVABLE from MOVABLE with claimed=\"false\": each may spoil a pageblock for huge"
          + " pages.";

  @Override
  public void bind(Meters meters, MachineReading reading) {
    List<String> types = MigrateType.names(reading.geometry().cmaBuilt());
    for (ZoneReading zone : reading.zones()) {
      for (int wanted = 0; wanted < MigrateType.PCP_TYPES; wanted++) {
        for (int from = 0; from < MigrateType.PCP_TYPES; from++) {
          if (from != wanted) {
            pair(meters, zone, types, wanted, from, true);
            pair(meters, zone, types, wanted, from, false);
          }
        }
      }
    }
  }

  private static void pair(
      Meters meters, ZoneReading zone, List<String> types, int wanted, int from, boolean claimed) {
    int ordinal = zone.ordinal();
    meters.counter(
        "buddyd.fallbacks",
        HELP,
        Meters.tags(zone)
            .and("migratetype", types.get(wanted))
            .and("from", types.get(from))
            .and("claimed", Boolean.toString(claimed)),
        r -> r.counters().fallbacks(ordinal, wanted, from, claimed));
  }
}
