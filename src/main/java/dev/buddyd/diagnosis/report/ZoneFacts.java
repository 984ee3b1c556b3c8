package dev.buddyd.diagnosis.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a report says about one zone. Every number may be absent.
 *
 * @param node the node; 0 when the kernel printed none (no NUMA support)
 * @param zone the name, e.g. {@code DMA32}
 * @param line line of the text where the zone was first named, from 1
 * @param values all {@code key:value} pairs of the zone line in printed order (F-71, F-72)
 * @param unreclaimable the answer to {@code all_unreclaimable?}, or null
 * @param lowmemReserve the {@code lowmem_reserve[]} array in pages, or null when not printed
 * @param freeList the free blocks by order, or null when not printed
 */
public record ZoneFacts(
    int node,
    String zone,
    int line,
    Map<String, Quantity> values,
    @Nullable Boolean unreclaimable,
    @Nullable List<Long> lowmemReserve,
    @Nullable FreeList freeList) {

  public ZoneFacts {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    lowmemReserve = lowmemReserve == null ? null : List.copyOf(lowmemReserve);
  }

  /** The value of {@code key} in kB, or null when it was not printed or makes no sense. */
  public @Nullable Long kb(String key) {
    Quantity quantity = values.get(key);
    return quantity == null ? null : quantity.kb();
  }

  /** Free memory in kB. */
  public @Nullable Long freeKb() {
    return kb("free");
  }

  /** The boost of the marks in kB (from 5.14), contained in {@link #minKb()}. */
  public @Nullable Long boostKb() {
    return kb("boost");
  }

  /** The min mark in kB, including the boost. */
  public @Nullable Long minKb() {
    return kb("min");
  }

  /** The low mark in kB, including the boost. */
  public @Nullable Long lowKb() {
    return kb("low");
  }

  /** The high mark in kB, including the boost. */
  public @Nullable Long highKb() {
    return kb("high");
  }

  /** Memory in HIGHATOMIC pageblocks in kB (from 5.4). */
  public @Nullable Long reservedHighatomicKb() {
    return kb("reserved_highatomic");
  }

  /** Free memory on HIGHATOMIC lists in kB (from 6.13). */
  public @Nullable Long freeHighatomicKb() {
    return kb("free_highatomic");
  }

  /** Present memory in kB. */
  public @Nullable Long presentKb() {
    return kb("present");
  }

  /**
   * Memory that the allocator manages in kB (from 3.9); before, {@link #presentKb()} stands for it.
   */
  public @Nullable Long managedKb() {
    return kb("managed");
  }

  /** Free memory in CMA areas in kB. */
  public @Nullable Long freeCmaKb() {
    return kb("free_cma");
  }
}
