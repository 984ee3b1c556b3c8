package dev.buddyd.replay.reclaim;

import java.util.List;

/**
 * A test made again.
 *
 * @param name of the test
 * @param agreement the worst of its items
 * @param items what was compared
 */
public record TestVerdict(String name, Agreement agreement, List<Item> items) {

  public TestVerdict {
    items = List.copyOf(items);
  }

  /**
   * One thing compared.
   *
   * @param name such as {@code granted}
   * @param why for what is not equal: the bound that holds it, or that it breaks
   */
  public record Item(
      String name, String recorded, String simulated, Agreement agreement, String why) {

    /** The same, explained. */
    Item within(String because) {
      return new Item(name, recorded, simulated, Agreement.WITHIN_SPREAD, because);
    }
  }
}
