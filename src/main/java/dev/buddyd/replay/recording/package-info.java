/**
 * A recording in memory and in text: its operations as primitive columns, the state before loaded
 * into a machine (and refused where it contradicts itself), the state after and the probes written
 * from one. Implements spec 00 ("Names in the recordings"). One thread per recording, no locks.
 */
@NullMarked
package dev.buddyd.replay.recording;

import org.jspecify.annotations.NullMarked;
