/**
 * JSON that remembers where it stood: small immutable values that know their line, a reader that
 * bounds what it keeps, and typed access whose complaints name line and field. Serves recordings of
 * the spec (README); no locks, values are immutable.
 */
@NullMarked
package dev.buddyd.replay.json;

import org.jspecify.annotations.NullMarked;
