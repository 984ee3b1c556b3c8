package dev.buddyd.api.page;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.buddyd.explain.Explanation;
import dev.buddyd.machine.Allocation;
import dev.buddyd.mm.gfp.GfpMask;
import org.jspecify.annotations.Nullable;

/**
 * An allocation as clients see it.
 *
 * @param pfn first frame
 * @param order order of the block; for an exact allocation that of the block it was cut from
 * @param pages frames it covers
 * @param zone name of its zone
 * @param node its node
 * @param migratetype type of the request
 * @param blockMigratetype type of its pageblock
 * @param gfp the mask by names
 * @param gfpMask the mask as a number in 6.12 bits
 * @param physicalAddress of the first byte
 * @param virtualAddress in the direct map, null for HighMem
 * @param cpu simulated CPU that asked
 * @param owner who holds it, or null
 * @param use what it is used for
 * @param sequence of the allocation; null in a dry run
 * @param explanation how it went, if asked for
 */
public record AllocationBody(
    long pfn,
    int order,
    long pages,
    String zone,
    int node,
    String migratetype,
    String blockMigratetype,
    String gfp,
    String gfpMask,
    String physicalAddress,
    @Nullable String virtualAddress,
    int cpu,
    @Nullable String owner,
    String use,
    @Nullable Long sequence,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Explanation explanation) {

  static AllocationBody of(Allocation a) {
    return of(a, null);
  }

  static AllocationBody of(Allocation a, @Nullable Explanation explanation) {
    GfpMask mask = new GfpMask(a.gfp());
    Long address = a.virtualAddress();
    return new AllocationBody(
        a.pfn(),
        a.order(),
        a.pages(),
        a.zone(),
        a.node(),
        a.migratetype(),
        a.blockMigratetype(),
        mask.toString(),
        mask.toHex(),
        hex(a.physicalAddress()),
        address == null ? null : hex(address),
        a.cpu(),
        a.owner(),
        a.use().apiName(),
        a.sequence() == 0 ? null : a.sequence(),
        explanation);
  }

  static String hex(long value) {
    return "0x" + Long.toHexString(value);
  }
}
