/**
 * Page allocator traces of a host, as ftrace, {@code perf script} or {@code trace-cmd report} print
 * them (T-40), run on a machine: the same requests in the same order, by order and mask.
 */
@NullMarked
package dev.buddyd.replay.trace;

import org.jspecify.annotations.NullMarked;
