package dev.buddyd.replay.trace;

import dev.buddyd.mm.zone.Fragmentation;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.ArrayList;
import java.util.List;

/**
 * Fragmentation over time, without knowing how long it will go on: when there are too many samples,
 * every second one goes, and from then on they are taken half as often.
 */
final class Samples {

  private static final int MOST = 256;

  private final PhysicalMemory memory;
  private final List<TraceResult.Sample> samples = new ArrayList<>();
  private long every = 1;

  Samples(PhysicalMemory memory) {
    this.memory = memory;
  }

  void reach(long event, double seconds) {
    if (event % every == 0) {
      take(event, seconds);
    }
  }

  /** Takes the last one. */
  List<TraceResult.Sample> finish(long event, double seconds) {
    if (samples.isEmpty() || samples.getLast().event() != event) {
      take(event, seconds);
    }
    return List.copyOf(samples);
  }

  private void take(long event, double seconds) {
    if (samples.size() == MOST) {
      List<TraceResult.Sample> kept = new ArrayList<>();
      for (int i = 0; i < samples.size(); i += 2) {
        kept.add(samples.get(i));
      }
      samples.clear();
      samples.addAll(kept);
      every *= 2;
      if (event % every != 0) {
        return;
      }
    }
    int maxOrder = memory.geometry().maxOrder();
    long[] blocks = new long[maxOrder + 1];
    long free = 0;
    for (Zone zone : memory.zones()) {
      long[] ofZone = Fragmentation.freeBlocks(zone);
      for (int order = 0; order <= maxOrder; order++) {
        blocks[order] += ofZone[order];
        free += ofZone[order] << order;
      }
    }
    List<Long> counts = new ArrayList<>();
    List<Integer> unusable = new ArrayList<>();
    for (int order = 0; order <= maxOrder; order++) {
      counts.add(blocks[order]);
      unusable.add(Fragmentation.unusable(blocks, order));
    }
    samples.add(
        new TraceResult.Sample(event, seconds < 0 ? null : seconds, free, counts, unusable));
  }
}
