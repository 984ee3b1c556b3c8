/**
 * Free lists, split, merge, pageblock types, claim, steal, HIGHATOMIC: spec 03. Guarded by the zone
 * lock throughout.
 */
@NullMarked
package dev.buddyd.mm.buddy;

import org.jspecify.annotations.NullMarked;
