package dev.buddyd.explain;

import java.util.List;

/**
 * How many blocks of an order a machine has for a request.
 *
 * @param available blocks that would be granted one after the other, from all zones
 * @param availableAboveLow those of them before a zone falls below low and kswapd is woken
 * @param afterCompaction at most so many if all movable memory were compacted
 * @param sentence the same in words
 * @param zones zone by zone, in the order in which the request goes through them
 */
public record Prediction(
    long available,
    long availableAboveLow,
    long afterCompaction,
    String sentence,
    List<ZonePrediction> zones) {

  public Prediction {
    zones = List.copyOf(zones);
  }

  /**
   * The blocks of one zone. Pages unless named blocks.
   *
   * @param freeBlocks blocks of this order that could be cut from the lists the request may use
   * @param available blocks that would be granted before the free pages come down to min
   * @param availableAboveLow blocks that would be granted before they come down to low
   * @param afterCompaction the same as {@code available}, at most, if all movable memory were moved
   *     together
   * @param limitedBy what ends the granting: {@code blocks} or {@code mark}
   * @param freePages free pages
   * @param usablePages those that count for this request (Z-41)
   * @param minPages the mark that counts, with the fractions of the mask, and the lowmem reserve
   * @param lowPages low with the lowmem reserve
   * @param sentence the same in words
   */
  public record ZonePrediction(
      int node,
      String zone,
      long freeBlocks,
      long available,
      long availableAboveLow,
      long afterCompaction,
      String limitedBy,
      long freePages,
      long usablePages,
      long minPages,
      long lowPages,
      String sentence) {}
}
