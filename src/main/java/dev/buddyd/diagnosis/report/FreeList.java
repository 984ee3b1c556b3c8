package dev.buddyd.diagnosis.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The free blocks of a zone by order, from a line such as {@code DMA: 1*4kB (U) 0*8kB = 4kB}
 * (F-71).
 *
 * @param entries ascending by order; orders that were cut off are absent
 * @param totalKb the printed total in kB, or null when it was cut off
 * @param complete whether the line reached its total
 */
public record FreeList(List<Entry> entries, @Nullable Long totalKb, boolean complete) {

  /**
   * The blocks of one order.
   *
   * @param order the order, 0 and up
   * @param count number of free blocks
   * @param blockKb size of one block in kB
   * @param letters the lists that hold them (U M E H C I, before 4.4 also R); empty when none is
   *     printed
   */
  public record Entry(int order, long count, long blockKb, String letters) {}

  public FreeList {
    entries = List.copyOf(entries);
  }

  /** Whether the blocks come to the printed total; the kernel's own always do. */
  public boolean addsUp() {
    long sum = 0;
    for (Entry entry : entries) {
      sum += entry.count() * entry.blockKb();
    }
    return totalKb == null || sum == totalKb;
  }
}
