/**
 * The frame table (mem_map): what every page frame is, in primitive arrays made on first touch.
 * Implements spec 00 (terms) and 03, section 1. Guarded by the owner of each frame: the zone lock
 * for free blocks, a per-CPU set's lock for cached blocks, the holder for allocated ones.
 */
@NullMarked
package dev.buddyd.mm.frame;

import org.jspecify.annotations.NullMarked;
