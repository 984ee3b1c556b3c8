/** The seam behind which reclaim, compaction and the OOM killer live: spec 06. */
@NullMarked
package dev.buddyd.mm.reclaim;

import org.jspecify.annotations.NullMarked;
