package dev.buddyd.api.reclaim;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.buddyd.explain.Explanation;
import dev.buddyd.machine.Allocation;
import dev.buddyd.machine.AllocationState;
import dev.buddyd.machine.HeldAllocation;
import dev.buddyd.mm.gfp.GfpMask;
import dev.buddyd.mm.reclaim.LruList;
import dev.buddyd.mm.reclaim.MemoryReclaim.PageState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An allocation, wherever its pages are.
 *
 * @param sequence of the allocation
 * @param state {@code resident}, {@code migrated} (in memory, where compaction moved it), {@code
 *     swapped}, {@code dropped}, {@code killed} or {@code freed}
 * @param pfn first frame now; null if it is not in memory
 * @param order order of the block
 * @param pages frames it covers in memory
 * @param node node of the frame; null if it is not in memory
 * @param zone zone of the frame; null if it is not in memory
 * @param gfp the mask by names
 * @param gfpMask the mask as a number in 6.12 bits
 * @param use what it is used for; null once it is freed
 * @param cpu simulated CPU that asked
 * @param owner who holds it, or null
 * @param list reclaim list it is on: {@code inactive_anon}, {@code active_anon}, {@code
 *     inactive_file}, {@code active_file}, {@code slab}; null for kernel pages and what is not in
 *     memory
 * @param referenced used since reclaim looked at it
 * @param dirty page cache that differs from what is on disk
 * @param writeback being written, to its file or to swap
 * @param swapCached in memory, and with a slot in swap
 * @param broughtBack of a fault: whether pages came back; false if they were in memory
 * @param explanation how it went, if asked for
 */
record HeldBody(
    long sequence,
    String state,
    @Nullable Long pfn,
    int order,
    long pages,
    @Nullable Integer node,
    @Nullable String zone,
    String gfp,
    String gfpMask,
    @Nullable String use,
    int cpu,
    @Nullable String owner,
    @Nullable String list,
    @Nullable Boolean referenced,
    @Nullable Boolean dirty,
    @Nullable Boolean writeback,
    @Nullable Boolean swapCached,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean broughtBack,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Explanation explanation) {

  private static final List<String> LISTS =
      List.of("none", "inactive_anon", "active_anon", "inactive_file", "active_file", "slab");

  static HeldBody of(HeldAllocation held) {
    return of(held, null, null);
  }

  static HeldBody of(
      HeldAllocation held, @Nullable Boolean broughtBack, @Nullable Explanation explanation) {
    Allocation at = held.allocation();
    PageState page = held.listed();
    GfpMask mask = new GfpMask(held.gfp());
    boolean known = held.state() != AllocationState.FREED;
    return new HeldBody(
        held.sequence(),
        held.state().apiName(),
        at == null ? null : at.pfn(),
        held.order(),
        held.pages(),
        at == null ? null : at.node(),
        at == null ? null : at.zone(),
        mask.toString(),
        mask.toHex(),
        known ? held.use().apiName() : null,
        held.cpu(),
        held.owner(),
        page == null || page.list() == LruList.NONE ? null : LISTS.get(page.list()),
        page == null ? null : page.referenced(),
        page == null ? null : page.dirty(),
        page == null ? null : page.writeback(),
        page == null ? null : page.swapCached(),
        broughtBack,
        explanation);
  }
}
