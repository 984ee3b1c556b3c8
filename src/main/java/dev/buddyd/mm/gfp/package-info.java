/**
 * What a request asks for: the 32-bit GFP mask, its flags, their names old and new, their numbers
 * in every kernel since 2.6.32, and what a mask entitles its owner to.
 *
 * <p>Implements spec file 01 (rules G-1 to G-58), the mask table F-42 of file 05 and the mask part
 * of file 09 (V-1 to V-3). Everything here is immutable and depends on nothing; no lock guards it.
 * The allocator itself works on the plain {@code int} of {@link dev.buddyd.mm.gfp.Gfp} and on the
 * table of {@link dev.buddyd.mm.gfp.ZoneTable}.
 */
@NullMarked
package dev.buddyd.mm.gfp;

import org.jspecify.annotations.NullMarked;
