package dev.buddyd.replay.table;

import dev.buddyd.mm.boot.BootSizing;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.replay.json.Field;
import dev.buddyd.replay.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * How many pages a boot released after its numbers were computed (Z-24): init memory in the zone of
 * the kernel image, the initrd at the top of low memory. No text tells these sizes, so they are
 * looked for: the sizes that explain the boot state as sent. Where nothing was sent to be
 * explained, the sizes of the guests that the reference recordings were made with are taken.
 */
final class ReleasedPages {

  /** Pages of init memory and initrd: x86_64 guests of the reference recordings. */
  private static final long[] X86_64 = {1712, 508};

  /** The same for x86_32 guests, whose initrd lies beside the kernel. */
  private static final long[] X86_32 = {630, 0};

  private static final long IMAGE_PFN = 0x1000;
  private static final long LOW_END_PFN = 0x10_0000;

  private final Field boot;
  private final boolean hugePages;
  private final SectionBudget budget;
  private @Nullable PhysicalMemory best;
  private int bestEqual = -1;
  private int bestCompared;

  ReleasedPages(Field boot, boolean hugePages, SectionBudget budget) {
    this.boot = boot;
    this.hugePages = hugePages;
    this.budget = budget;
  }

  /** The machine as it booted with the sizes that explain most of the state as sent. */
  PhysicalMemory boot() {
    PhysicalMemory shape = TableMachine.build(boot, budget);
    try {
      return best(shape);
    } catch (RuntimeException e) {
      if (best != null) {
        best.release();
      }
      throw e;
    } finally {
      shape.release();
    }
  }

  private PhysicalMemory best(PhysicalMemory shape) {
    int image = zoneAt(shape, IMAGE_PFN);
    int initrd = lastBelow(shape, LOW_END_PFN);
    boolean wide = shape.geometry().zoneIndexOf(ZoneKind.DMA32) >= 0;
    long[] usual = wide ? X86_64 : X86_32;
    long[] imageRange = range(shape, image);
    long[] initrdRange = range(shape, initrd);
    attempt(image, usual[0], wide ? initrd : image, usual[1]);
    for (long i = imageRange[0]; !done() && i <= imageRange[1]; i++) {
      if (image == initrd) {
        attempt(image, i, image, 0);
      }
      for (long j = initrdRange[0]; !done() && image != initrd && j <= initrdRange[1]; j++) {
        attempt(image, i, initrd, j);
      }
    }
    attempt(image, 0, initrd, 0);
    if (best == null) {
      throw boot.wrong("has no zone that could be computed");
    }
    return best;
  }

  private boolean done() {
    return bestEqual == bestCompared;
  }

  private void attempt(int image, long imagePages, int initrd, long initrdPages) {
    if (best != null && done()) {
      return;
    }
    PhysicalMemory memory = TableMachine.build(boot, budget);
    PhysicalMemory worse = memory;
    try {
      TableDiff diff = compare(memory, image, imagePages, initrd, initrdPages);
      if (diff.equal() > bestEqual) {
        worse = best;
        best = memory;
        bestEqual = diff.equal();
        bestCompared = diff.compared();
      }
    } finally {
      if (worse != null) {
        worse.release();
      }
    }
  }

  private TableDiff compare(
      PhysicalMemory memory, int image, long imagePages, int initrd, long initrdPages) {
    long[] released = new long[memory.zones().size()];
    released[image] += imagePages;
    released[initrd] += initrdPages;
    for (Zone zone : memory.zones()) {
      int i = zone.ordinal();
      released[i] = Math.min(released[i], zone.managedPages());
    }
    memory.zones().forEach(zone -> zone.addManaged(-released[zone.ordinal()]));
    boolean deferredInit = memory.geometry().zoneIndexOf(ZoneKind.DMA32) >= 0; // built for x86_64
    BootSizing.early(memory, deferredInit);
    BootSizing.hugePageDaemon(memory, hugePages);
    memory.zones().forEach(zone -> zone.addManaged(released[zone.ordinal()]));
    Json.Obj sent = (Json.Obj) boot.value();
    return new TableDiff(sent, TableState.write(memory, sent, sent));
  }

  /** Released pages that agree with a zone's upper limit of its page sets (P-7), both included. */
  private long[] range(PhysicalMemory memory, int ordinal) {
    Zone zone = memory.zones().get(ordinal);
    for (Field entry : boot.at("zones").items()) {
      Field cap = entry.find("pagesetHighMax");
      if (entry.at("node").asLong() == zone.node()
          && entry.at("index").asLong() == zone.index()
          && cap != null
          && !cap.isNull()) {
        int cpus = memory.node(zone.node()).cpus().length;
        long unit = 8L * (cpus == 0 ? memory.cpus() : cpus);
        long most = zone.managedPages() - cap.asLong(0, zone.managedPages()) * unit;
        return new long[] {Math.max(0, most - unit + 1), most};
      }
    }
    return new long[] {0, -1};
  }

  private static int zoneAt(PhysicalMemory memory, long pfn) {
    int last = 0;
    for (Zone zone : memory.zones()) {
      if (zone.span().startPfn() <= pfn
          && zone.span().startPfn() >= memory.zones().get(last).span().startPfn()) {
        last = zone.ordinal();
      }
    }
    return last;
  }

  private static int lastBelow(PhysicalMemory memory, long pfn) {
    return memory.geometry().zoneIndexOf(ZoneKind.DMA32) < 0
        ? zoneAt(memory, IMAGE_PFN)
        : zoneAt(memory, pfn - 1);
  }
}
