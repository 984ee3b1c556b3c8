/**
 * What happens when memory runs out, at model level: spec 06. {@link dev.buddyd.mm.reclaim.Reclaim}
 * is what the slow path asks; {@link dev.buddyd.mm.reclaim.MemoryReclaim} answers for a machine
 * whose pages have users: LRU lists, swap, writeback in virtual time, shrinkers, direct reclaim,
 * kswapd, compaction and the OOM killer. Everything here is under the one lock of {@code
 * MemoryReclaim}, which is taken before the locks of page sets and zones.
 */
@NullMarked
package dev.buddyd.mm.reclaim;

import org.jspecify.annotations.NullMarked;
