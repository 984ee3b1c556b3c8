package dev.buddyd.api.page;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.buddyd.explain.Explanation;
import dev.buddyd.machine.FrameInfo;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a frame is.
 *
 * @param pfn the frame
 * @param state {@code free}, {@code pcp}, {@code allocated}, {@code tail}, {@code reserved} or
 *     {@code hole}
 * @param node its node, null for a hole
 * @param zone its zone, null for a hole
 * @param blockPfn first frame of the block it belongs to, or null
 * @param blockOrder order of that block, or null
 * @param cpu for a frame on a per-CPU list: whose
 * @param list for a frame on a per-CPU list: number of the list
 * @param buddyPfn first frame of the block's buddy, or null
 * @param blockMigratetype type of its pageblock, null for a hole
 * @param physicalAddress of its first byte
 * @param pageAddress its address in the direct map; null for HighMem and holes
 * @param allocation the allocation it belongs to, or null
 * @param explanation why its block is not larger, if asked for
 */
record FrameBody(
    long pfn,
    String state,
    @Nullable Integer node,
    @Nullable String zone,
    @Nullable Long blockPfn,
    @Nullable Integer blockOrder,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer cpu,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer list,
    @Nullable Long buddyPfn,
    @Nullable String blockMigratetype,
    String physicalAddress,
    @Nullable String pageAddress,
    @Nullable AllocationBody allocation,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Explanation explanation) {

  static FrameBody of(FrameInfo info, @Nullable Explanation explanation) {
    Long address = info.virtualAddress();
    return new FrameBody(
        info.pfn(),
        info.state().name().toLowerCase(Locale.ROOT),
        info.node(),
        info.zone(),
        info.blockPfn(),
        info.blockOrder(),
        info.cpu(),
        info.list(),
        info.buddyPfn(),
        info.blockMigratetype(),
        AllocationBody.hex(info.physicalAddress()),
        address == null ? null : AllocationBody.hex(address),
        info.allocation() == null ? null : AllocationBody.of(info.allocation()),
        explanation);
  }
}
