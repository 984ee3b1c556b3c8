package dev.buddyd.api.operation;

import dev.buddyd.api.http.Pfn;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code POST /operations}. Which fields an operation takes is said with each of them.
 *
 * @param op what to do: {@code alloc}, {@code free}, {@code alloc_bulk}, {@code alloc_exact},
 *     {@code free_exact}, {@code split}, {@code drain}, {@code vmstat_tick}, {@code
 *     unreserve_highatomic} or {@code tick}
 * @param id name for what is allocated, known until the request ends; all that free or split take
 *     it or a {@code pfn}
 * @param gfp mask by names or as a number in a string: alloc, alloc_bulk, alloc_exact,
 *     unreserve_highatomic
 * @param order order of the block, 0 if absent: alloc; it must match where it is given: free, split
 * @param call the kernel's function, {@code alloc_pages} if absent: alloc
 * @param sizeBytes bytes wanted: alloc_exact; it must match where it is given: free_exact
 * @param count pages wanted: alloc_bulk; how often {@code stat_interval} passes: tick
 * @param node preferred node, that of the CPU if absent
 * @param cpu simulated CPU; the default is that of {@code ?cpu=}. Without any, requests run as in
 *     {@code POST /pages}, a block is freed where it was allocated, and drain, vmstat_tick and tick
 *     work on all CPUs
 * @param pfn first frame of the block: free, free_exact, split
 * @param owner name of the holder: alloc, alloc_bulk, alloc_exact
 * @param use {@code kernel} if absent, {@code slab}, {@code anon} or {@code file}
 * @param dirty with {@code use} {@code file}: whether the pages differ from what is on disk; alloc,
 *     alloc_bulk
 * @param force also the last pageblock of a zone: unreserve_highatomic
 */
record OperationLine(
    @Nullable String op,
    @Nullable String id,
    @Nullable String gfp,
    @Nullable Integer order,
    @Nullable String call,
    @Nullable Long sizeBytes,
    @Nullable Integer count,
    @Nullable Integer node,
    @Nullable Integer cpu,
    @Nullable Pfn pfn,
    @Nullable String owner,
    @Nullable String use,
    @Nullable Boolean dirty,
    @Nullable Boolean force) {}
