/**
 * Recordings of a real kernel run against a machine of their own: replay, comparison, and the
 * answers to a question. Plain Java and Jackson's streaming parser, no framework; nothing here
 * touches the machine that is served. Implements the replay side of every spec file (README, "State
 * to keep"). Each replay belongs to one thread; what others see of it is published by {@code
 * Replay}.
 */
@NullMarked
package dev.buddyd.replay;

import org.jspecify.annotations.NullMarked;
