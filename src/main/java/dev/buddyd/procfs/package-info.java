/**
 * The kernel's own texts, written from a machine: buddyinfo, pagetypeinfo, zoneinfo, meminfo and
 * the fragmentation indices, byte for byte (spec 07, and of spec 06). Pure functions;
 * each zone's lock is taken while the zone is read, so a text is coherent per zone and must not be
 * asked for while the machine is quiesced.
 */
@NullMarked
package dev.buddyd.procfs;

import org.jspecify.annotations.NullMarked;
