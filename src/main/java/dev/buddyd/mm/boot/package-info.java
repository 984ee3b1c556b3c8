/**
 * A machine description becomes zones and first free lists (spec 08); complete state out and in.
 */
@NullMarked
package dev.buddyd.mm.boot;

import org.jspecify.annotations.NullMarked;
