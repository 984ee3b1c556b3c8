/**
 * The lock of zones and per-CPU page sets. Order: per-CPU sets, then zones by (node, zone index).
 */
@NullMarked
package dev.buddyd.mm.lock;

import org.jspecify.annotations.NullMarked;
