/** The way of a request: fast path, slow path, bulk, exact: spec 05. */
@NullMarked
package dev.buddyd.mm.alloc;

import org.jspecify.annotations.NullMarked;
