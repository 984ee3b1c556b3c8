/**
 * The simulated memory manager: plain Java, no framework, no I/O, nothing static or global. Several
 * machines can live in one process.
 *
 * <p>Rooms, outermost first; arrows point only downwards: {@code boot}, {@code alloc}, {@code
 * reclaim}, {@code zone}, {@code buddy} and {@code pcp}, {@code frame}, {@code gfp}; {@code trace}
 * and {@code lock} serve all of them.
 */
@NullMarked
package dev.buddyd.mm;

import org.jspecify.annotations.NullMarked;
