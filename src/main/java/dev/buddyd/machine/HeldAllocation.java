package dev.buddyd.machine;

import dev.buddyd.mm.reclaim.MemoryReclaim;
import org.jspecify.annotations.Nullable;

/**
 * An allocation by its sequence, wherever its pages are.
 *
 * @param sequence of the allocation
 * @param state where its pages are
 * @param order order of the block
 * @param pages frames it covers in memory
 * @param gfp mask of the request
 * @param use what it is used for
 * @param cpu simulated CPU that asked
 * @param owner who holds it, or null
 * @param allocation the block in memory, or null
 * @param listed its place on the reclaim lists, or null if it is on none
 */
public record HeldAllocation(
    long sequence,
    AllocationState state,
    int order,
    long pages,
    int gfp,
    PageUse use,
    int cpu,
    @Nullable String owner,
    @Nullable Allocation allocation,
    MemoryReclaim.@Nullable PageState listed) {}
