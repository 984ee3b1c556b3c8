/**
 * The kernel's own texts, written from a machine: buddyinfo, pagetypeinfo, zoneinfo, vmstat,
 * meminfo, the fragmentation indices, allocation failure and OOM reports, the trace file, byte for
 * byte (spec 07, sections 6 and 7 of spec 05, section 5 of spec 06). Pure functions; each zone's
 * lock is taken while the zone is read, so a text is coherent per zone and must not be asked for
 * while the machine is quiesced.
 */
@NullMarked
package dev.buddyd.procfs;

import org.jspecify.annotations.NullMarked;
