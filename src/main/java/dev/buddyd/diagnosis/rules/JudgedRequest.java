package dev.buddyd.diagnosis.rules;

import dev.buddyd.mm.gfp.Caller;
import dev.buddyd.mm.gfp.DecodedMask;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.GfpFlag;
import dev.buddyd.mm.gfp.KernelVersion;
import dev.buddyd.mm.gfp.RequestFlags;
import dev.buddyd.mm.gfp.ReserveRights;
import java.util.Set;

/**
 * A request in the terms of the kernel that refused it, and of the allocator's own test.
 *
 * @param order its order, 0 and up
 * @param rights what its mask entitles to in that kernel (V-1 to V-3)
 * @param flags the same as {@link RequestFlags}, for the allocator's functions
 * @param movable whether it asks for movable pages, which may come from CMA areas
 * @param profile the rules of that kernel
 */
public record JudgedRequest(
    int order, ReserveRights rights, int flags, boolean movable, RuleProfile profile) {

  /** Reads a mask with the rules of {@code version}. */
  public static JudgedRequest of(
      int order, DecodedMask mask, Caller caller, KernelVersion version) {
    ReserveRights rights = ReserveRights.of(mask, caller);
    RuleProfile profile = RuleProfile.of(version);
    boolean movable = (mask.modern().bits() & Gfp.MIGRATETYPE_MASK) == Gfp.MOVABLE;
    int flags = RequestFlags.WM_MIN;
    flags |= rights.ignoresWatermarks() ? RequestFlags.NOWM : 0;
    flags |= rights.high() ? RequestFlags.RESERVE : 0;
    flags |= (rights.harder() || nonblock(mask, profile)) ? RequestFlags.NONBLOCK : 0;
    flags |= rights.victim() ? RequestFlags.VICTIM : 0;
    flags |= rights.highatomicBlocks() && order > 0 ? RequestFlags.HATOM : 0;
    flags |= movable ? RequestFlags.USECMA : 0;
    return new JudgedRequest(order, rights, flags, movable, profile);
  }

  /** Not blocking is a right of its own from 6.3 on, without HIGH as well (F-20, V-7). */
  private static boolean nonblock(DecodedMask mask, RuleProfile profile) {
    Set<GfpFlag> flags = mask.flags();
    return profile.exempt() == RuleProfile.Exempt.DEEP
        && !flags.contains(GfpFlag.DIRECT_RECLAIM)
        && !flags.contains(GfpFlag.NOMEMALLOC);
  }

  /** The same request for another order. */
  public JudgedRequest withOrder(int otherOrder) {
    int hatom = rights.highatomicBlocks() && otherOrder > 0 ? RequestFlags.HATOM : 0;
    return new JudgedRequest(
        otherOrder, rights, (flags & ~RequestFlags.HATOM) | hatom, movable, profile);
  }

  boolean ignoresWatermarks() {
    return rights.ignoresWatermarks();
  }

  /** Whether the pages of the HIGHATOMIC reserve count for this request (V-7). */
  boolean keepsHighatomic() {
    return switch (profile.exempt()) {
      case HARDER -> rights.harder();
      case HARDER_OR_VICTIM -> rights.harder() || rights.victim();
      case DEEP -> (flags & RequestFlags.DEEP) != 0;
    };
  }
}
