/**
 * Users of pages and what happens when memory runs out: {@code /allocations}, {@code /owners},
 * {@code /reclaims}, {@code /compactions}.
 */
@NullMarked
package dev.buddyd.api.reclaim;

import org.jspecify.annotations.NullMarked;
