package dev.buddyd.diagnosis.rules;

import java.util.ArrayList;
import java.util.List;

/**
 * The free blocks of a zone by order, with the lists that hold them as far as they are known.
 *
 * @param counts number of free blocks by order, all types
 * @param letters the lists that hold them, by order (U M E H C I, before 4.4 also R); empty when
 *     not known
 */
public record FreeBlocks(List<Long> counts, List<String> letters) {

  /** No free blocks known. */
  public static final FreeBlocks NONE = new FreeBlocks(List.of(), List.of());

  private static final String ORDINARY = "UMER";

  public FreeBlocks {
    counts = List.copyOf(counts);
    List<String> padded = new ArrayList<>(letters);
    while (padded.size() < counts.size()) {
      padded.add("");
    }
    letters = List.copyOf(padded);
  }

  /** Whether the free lists were printed at all. */
  public boolean known() {
    return !counts.isEmpty();
  }

  /**
   * Orders with a block on an ordinary list, as bits; where no letter is printed, any block is one.
   */
  public int ordinaryOrders() {
    return orders(ORDINARY) | orders("");
  }

  /** Orders with a block on the CMA list, as bits. */
  public int cmaOrders() {
    return orders("C");
  }

  /** Orders with a block on the HIGHATOMIC list, as bits. */
  public int highatomicOrders() {
    return orders("H");
  }

  /** Orders with any block, as bits. */
  public int anyOrders() {
    int bits = 0;
    for (int order = 0; order < counts.size(); order++) {
      bits |= counts.get(order) > 0 ? 1 << order : 0;
    }
    return bits;
  }

  /** Orders with a block whose letters contain one of {@code wanted}; no letters for {@code ""}. */
  private int orders(String wanted) {
    int bits = 0;
    for (int order = 0; order < counts.size(); order++) {
      String held = letters.get(order);
      boolean hit =
          wanted.isEmpty() ? held.isEmpty() : held.chars().anyMatch(c -> wanted.indexOf(c) >= 0);
      bits |= (counts.get(order) > 0 && hit) ? 1 << order : 0;
    }
    return bits;
  }

  /** Pages in blocks that are on no other list than {@code letter}: a lower bound of that list. */
  public long pagesOnlyOn(String letter) {
    long pages = 0;
    for (int order = 0; order < counts.size(); order++) {
      pages += letters.get(order).equals(letter) ? counts.get(order) << order : 0;
    }
    return pages;
  }

  /** Pages in all blocks. */
  public long pages() {
    long pages = 0;
    for (int order = 0; order < counts.size(); order++) {
      pages += counts.get(order) << order;
    }
    return pages;
  }

  /** The letters of all lists that hold a block of at least {@code order}, in printed order. */
  public String lettersFrom(int order) {
    StringBuilder all = new StringBuilder();
    for (int o = Math.max(order, 0); o < counts.size(); o++) {
      for (char letter : letters.get(o).toCharArray()) {
        if (counts.get(o) > 0 && all.indexOf(String.valueOf(letter)) < 0) {
          all.append(letter);
        }
      }
    }
    return all.toString();
  }
}
