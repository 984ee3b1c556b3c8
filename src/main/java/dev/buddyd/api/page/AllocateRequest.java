package dev.buddyd.api.page;

import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /pages}.
 *
 * @param gfp mask by names or as a number in a string
 * @param order order of the block, 0 if absent; not with {@code alloc_pages_exact}
 * @param call the kernel's function, {@code alloc_pages} if absent
 * @param sizeBytes bytes wanted, with {@code alloc_pages_exact} only
 * @param node preferred node, that of the CPU if absent
 * @param cpu simulated CPU that asks; if absent the lowest of the node, else 0
 * @param owner name of the holder
 * @param use {@code kernel} if absent, {@code slab}, {@code anon} or {@code file}: all but kernel
 *     pages are on the reclaim lists, unless they come from {@code alloc_pages_exact}
 * @param dirty with {@code use} {@code file}: whether the page differs from what is on disk; not
 *     with {@code alloc_pages_exact}
 */
public record AllocateRequest(
    @Nullable String gfp,
    @Nullable Integer order,
    @Nullable String call,
    @Nullable Long sizeBytes,
    @Nullable Integer node,
    @Nullable Integer cpu,
    @Nullable String owner,
    @Nullable String use,
    @Nullable Boolean dirty) {}
