package dev.buddyd.explain;

import dev.buddyd.machine.AllocationOutcome;
import dev.buddyd.mm.trace.WatermarkVerdict;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.Comparator;
import java.util.Optional;

/** The first sentence a person needs about a refusal: which zone, which rule, which two numbers. */
public final class RefusalSentence {

  private final PhysicalMemory memory;
  private final Kb kb;

  public RefusalSentence(PhysicalMemory memory) {
    this.memory = memory;
    this.kb = new Kb(memory.geometry().pageKbytes());
  }

  /** Why no zone served: about the largest zone that was asked. */
  public String of(AllocationOutcome.Refused refused) {
    Optional<WatermarkVerdict> largest =
        refused.verdicts().stream()
            .max(Comparator.comparingLong(v -> memory.zone(v.zone()).managedPages()));
    if (largest.isEmpty()) {
      return "no zone of this machine may serve this mask";
    }
    WatermarkVerdict last =
        refused.verdicts().stream()
            .filter(v -> v.zone() == largest.get().zone())
            .reduce((a, b) -> b)
            .orElseThrow();
    return of(last);
  }

  private String of(WatermarkVerdict v) {
    Zone zone = memory.zone(v.zone());
    if (v.watermarkOk() && !v.blockOk()) {
      return ("%s: %s usable, %s needed, but no free block of order %d or more that this request"
              + " may take; %s")
          .formatted(zone.name(), kb.of(v.left()), kb.of(v.right()), v.order(), largest(v));
    }
    if (v.watermarkOk()) {
      return "%s: the watermark is passed, but no list of the zone had a block for this request"
          .formatted(zone.name());
    }
    StringBuilder text = new StringBuilder();
    text.append(
        v.left() < 0
            ? "%s: %s free, %s needed for the block alone"
                .formatted(zone.name(), kb.of(v.freePages()), kb.of(1L << v.order()))
            : "%s: %s usable, %s needed".formatted(zone.name(), kb.of(v.left()), kb.of(v.right())));
    if (v.lowmemReservePages() > 0) {
      text.append(
          " (%s of it lowmem_reserve against requests that could use higher zones)"
              .formatted(kb.of(v.lowmemReservePages())));
    }
    if (v.cmaPages() > 0) {
      text.append(
          "; another %s is free but reserved for movable pages (CMA)"
              .formatted(kb.of(v.cmaPages())));
    }
    if (v.highatomicPages() > 0) {
      text.append(
          "; another %s is free but reserved for atomic requests of higher order (HIGHATOMIC)"
              .formatted(kb.of(v.highatomicPages())));
    }
    if (v.boostPages() > 0) {
      text.append("; the mark is boosted by %s".formatted(kb.of(v.boostPages())));
    }
    return text.toString();
  }

  /** As the test saw it: the request itself and what it woke have changed the lists since. */
  private static String largest(WatermarkVerdict v) {
    return v.largestOrder() < 0
        ? "there is none at all"
        : "the largest it may take has order " + v.largestOrder();
  }
}
