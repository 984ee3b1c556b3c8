/**
 * What every reader of something that was sent needs to know: how much came, whether it is gzip,
 * and what a parser says of it. No locks: a stream belongs to one thread.
 */
@NullMarked
package dev.buddyd.input;

import org.jspecify.annotations.NullMarked;
