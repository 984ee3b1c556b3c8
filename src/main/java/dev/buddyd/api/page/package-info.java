/**
 * {@code /pages}: allocate, look at, list and free page frames. The shapes of the answers are part
 * of the contract (DESIGN, section 5).
 */
@NullMarked
package dev.buddyd.api.page;

import org.jspecify.annotations.NullMarked;
