package dev.buddyd.machine;

import org.jspecify.annotations.Nullable;

/**
 * Pages that somebody holds.
 *
 * @param pfn first frame
 * @param order order of the block; for an exact allocation that of the block it was cut from
 * @param pages frames it covers
 * @param zone the zone it lies in
 * @param node the zone's node
 * @param migratetype type of the request, by name
 * @param blockMigratetype type of its pageblock now, by name
 * @param gfp mask of the request
 * @param physicalAddress of the first byte
 * @param virtualAddress in the direct map; null for HighMem
 * @param cpu simulated CPU that asked
 * @param owner who holds it, or null
 * @param use what it is used for
 * @param sequence of the allocation
 */
public record Allocation(
    long pfn,
    int order,
    long pages,
    String zone,
    int node,
    String migratetype,
    String blockMigratetype,
    int gfp,
    long physicalAddress,
    @Nullable Long virtualAddress,
    int cpu,
    @Nullable String owner,
    PageUse use,
    long sequence) {}
