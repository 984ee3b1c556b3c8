/** Per-CPU page lists and their self-tuning: spec 04. Each set is guarded by its own lock. */
@NullMarked
package dev.buddyd.mm.pcp;

import org.jspecify.annotations.NullMarked;
