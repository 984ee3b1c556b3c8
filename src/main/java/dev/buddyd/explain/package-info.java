/**
 * Every decision in words: renders what the allocator told while it decided, and runs the same
 * request again on forks of the machine with one thing changed. Decides nothing itself.
 */
@NullMarked
package dev.buddyd.explain;

import org.jspecify.annotations.NullMarked;
