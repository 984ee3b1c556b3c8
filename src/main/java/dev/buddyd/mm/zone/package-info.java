/**
 * A zone: one lock, buddy lists, per-CPU sets, counters, watermarks; nodes, zonelists and kswapd's
 * wake-up: spec 02 and the zone side of spec 04.
 */
@NullMarked
package dev.buddyd.mm.zone;

import org.jspecify.annotations.NullMarked;
