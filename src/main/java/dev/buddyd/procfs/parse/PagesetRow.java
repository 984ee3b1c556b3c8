package dev.buddyd.procfs.parse;

import org.jspecify.annotations.Nullable;

/**
 * The pageset of one CPU in zoneinfo (T-10). Kernels up to 2.6.24 print two per CPU (hot and cold).
 *
 * @param cpu the CPU
 * @param count pages on the lists
 * @param high the limit at which pages are given back
 * @param batch pages moved at a time
 * @param highMin lower bound of the limit (newer than 6.12), or null
 * @param highMax upper bound of the limit (newer than 6.12), or null
 */
public record PagesetRow(
    int cpu,
    @Nullable Long count,
    @Nullable Long high,
    @Nullable Long batch,
    @Nullable Long highMin,
    @Nullable Long highMax) {}
