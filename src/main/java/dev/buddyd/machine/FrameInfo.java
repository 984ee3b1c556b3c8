package dev.buddyd.machine;

import org.jspecify.annotations.Nullable;

/**
 * What a frame is now.
 *
 * @param pfn the frame
 * @param state what it is
 * @param node its node, or null outside of every zone
 * @param zone its zone, or null
 * @param blockPfn head of the block it belongs to, or null
 * @param blockOrder order of that block, or null
 * @param cpu for a cached frame the CPU whose list it is on
 * @param list for a cached frame the list's number (P-1)
 * @param buddyPfn the buddy of its block, or null
 * @param blockMigratetype type of its pageblock, by name, or null
 * @param physicalAddress of its first byte
 * @param virtualAddress in the direct map; null for HighMem and holes
 * @param allocation for an allocated or tail frame whose holder is known: the allocation
 */
public record FrameInfo(
    long pfn,
    State state,
    @Nullable Integer node,
    @Nullable String zone,
    @Nullable Long blockPfn,
    @Nullable Integer blockOrder,
    @Nullable Integer cpu,
    @Nullable Integer list,
    @Nullable Long buddyPfn,
    @Nullable String blockMigratetype,
    long physicalAddress,
    @Nullable Long virtualAddress,
    @Nullable Allocation allocation) {

  /** What a frame can be. */
  public enum State {
    FREE,
    PCP,
    ALLOCATED,
    TAIL,
    RESERVED,
    HOLE
  }
}
