/**
 * Watermark tables: from a machine's memory layout and a chain of sysctl writes to marks, reserves,
 * per-CPU limits and counter thresholds. Implements spec 02, sections 3, 4, 7 and 8, and P-5 to P-9
 * of spec 04, through the memory manager's own sizing. One thread per table, no locks.
 */
@NullMarked
package dev.buddyd.replay.table;

import org.jspecify.annotations.NullMarked;
