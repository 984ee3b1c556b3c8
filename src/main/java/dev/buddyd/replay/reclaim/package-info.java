/**
 * Recordings of memory running out ({@code pgreclaim/1}): each test is made again on a machine in
 * an equal state, and what came of it is compared at model level.
 */
@NullMarked
package dev.buddyd.replay.reclaim;

import org.jspecify.annotations.NullMarked;
