package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.rules.Waiver;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One zone's part in a verdict. Null where the report does not tell. kB unless the name says
 * otherwise.
 *
 * @param node the node
 * @param zone the zone's name
 * @param eligible whether the request may use the zone
 * @param excludedBy {@code mask}, {@code nodemask} or {@code cpuset} if not; {@code no-request}
 *     where none is known
 * @param freeKb free memory as printed
 * @param minKb the min mark as printed, with boost
 * @param managedKb managed memory, before 3.9 present memory
 * @param usableKb free memory that counts for this request
 * @param minEffectiveKb the mark after boost and fractions, of the printed kB; the test itself is
 *     made in pages ({@code minEffectivePages})
 * @param minEffectivePages the mark that the test used, in pages
 * @param reserveKb the lowmem reserve against this request
 * @param cmaKb CMA memory that does not count
 * @param highatomicKb HIGHATOMIC memory that does not count
 * @param boostKb the boost contained in min
 * @param watermarkOk whether usable is above the mark plus the reserve
 * @param blockOk whether a block of the order may be taken
 * @param largestOrder largest order with a block on a list that the request may use
 * @param largestOrderPassing largest order up to the request's own that would pass here
 * @param wouldPassIf terms of the test, any one of which left out lets the request pass
 * @param cause why this zone refuses, or null if it does not, or is not asked
 * @param wouldServe whether the zone would serve the request if it were eligible; null if it is
 * @param blocks the free blocks by order
 * @param sentence the arithmetic in words
 */
public record ZoneVerdict(
    int node,
    String zone,
    boolean eligible,
    @Nullable String excludedBy,
    @Nullable Long freeKb,
    @Nullable Long minKb,
    @Nullable Long managedKb,
    @Nullable Long usableKb,
    @Nullable Long minEffectiveKb,
    @Nullable Long minEffectivePages,
    @Nullable Long reserveKb,
    @Nullable Long cmaKb,
    @Nullable Long highatomicKb,
    @Nullable Long boostKb,
    @Nullable Boolean watermarkOk,
    @Nullable Boolean blockOk,
    @Nullable Integer largestOrder,
    @Nullable Integer largestOrderPassing,
    List<Waiver> wouldPassIf,
    @Nullable Cause cause,
    @Nullable Boolean wouldServe,
    List<BlocksOfOrder> blocks,
    String sentence) {

  public ZoneVerdict {
    wouldPassIf = List.copyOf(wouldPassIf);
    blocks = List.copyOf(blocks);
  }
}
