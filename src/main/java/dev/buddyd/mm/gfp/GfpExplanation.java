package dev.buddyd.mm.gfp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a mask asks for and what it entitles to, as plain data with a sentence for each fact.
 *
 * <p>Reserves follow the rules of the kernel whose mask it is ({@link ReserveRights}); everything
 * else is told in 6.12 terms, after translation (G-56).
 *
 * @param mask the mask in its own kernel's numbers
 * @param modern the same in 6.12 bits
 * @param may what the allocator may do for it
 * @param highestZone the highest zone that it may use on this machine, null if it contradicts
 *     itself (G-20)
 * @param zones the zones that it may use, in the order in which they are tried (G-22)
 * @param migratetype the type of pageblock that it prefers, null if it contradicts itself (G-30)
 * @param firstTry the watermark of the fast path (F-7)
 * @param secondTry the watermark of the slow path (F-20)
 * @param rights the reserves open to an ordinary caller
 * @param upToOrder3 when it gives up for cheap orders
 * @param aboveOrder3 when it gives up for costly orders
 * @param flags each set bit
 * @param problems what keeps it from being granted as it stands
 */
public record GfpExplanation(
    DecodedMask mask,
    GfpMask modern,
    Permissions may,
    @Nullable ZoneKind highestZone,
    List<ZoneKind> zones,
    @Nullable RequestMigratetype migratetype,
    WatermarkUse firstTry,
    WatermarkUse secondTry,
    ReserveRights rights,
    GiveUp upToOrder3,
    GiveUp aboveOrder3,
    List<FlagNote> flags,
    List<GfpProblem> problems) {

  private static final int CHEAP = 0;
  private static final int COSTLY = 4;

  /** Explains a mask for a machine with these zones. */
  public static GfpExplanation of(DecodedMask mask, ZoneTable machine) {
    GfpMask modern = mask.modern();
    int gfp = modern.bits();
    boolean legal = machine.highestZoneIndex(gfp) != ZoneTable.ILLEGAL;
    List<ZoneKind> reach = machine.usable(gfp);
    ReserveRights rights = ReserveRights.of(mask, Caller.ORDINARY);
    return new GfpExplanation(
        mask,
        modern,
        Permissions.of(gfp),
        legal ? reach.getFirst() : null,
        legal ? reach : List.of(),
        RequestMigratetype.of(gfp),
        WatermarkUse.first(),
        WatermarkUse.second(rights),
        rights,
        GiveUp.of(gfp, CHEAP, reach.getFirst()),
        GiveUp.of(gfp, COSTLY, reach.getFirst()),
        FlagNote.of(mask),
        modern.problems());
  }
}
