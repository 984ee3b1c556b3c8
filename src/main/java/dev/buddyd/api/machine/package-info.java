/**
 * {@code /machine} and what concerns the machine as a whole: presets, ticks, invariants. Texts and
 * snapshots have rooms of their own.
 */
@NullMarked
package dev.buddyd.api.machine;

import org.jspecify.annotations.NullMarked;
