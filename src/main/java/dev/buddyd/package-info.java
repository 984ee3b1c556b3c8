/**
 * buddyd: one simulated machine's physical memory behind HTTP, faithful to the page frame number.
 */
@NullMarked
package dev.buddyd;

import org.jspecify.annotations.NullMarked;
