/**
 * The watermark test by kernel version (spec 09, V-1 to V-15): the allocator's own arithmetic
 * ({@link dev.buddyd.mm.zone.WatermarkTest}, rules of 6.12) with a profile of what an older or
 * newer kernel does differently. All quantities are pages of the machine that is judged. Stateless;
 * no locks.
 */
@NullMarked
package dev.buddyd.diagnosis.rules;

import org.jspecify.annotations.NullMarked;
