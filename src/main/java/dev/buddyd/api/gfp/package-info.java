/** {@code GET /gfp}: what a mask means, in any kernel's numbers and names. */
@NullMarked
package dev.buddyd.api.gfp;

import org.jspecify.annotations.NullMarked;
