/**
 * Proofs that what runs at the same time ran one after the other: {@code ./mvnw -Pconcurrency
 * test}.
 */
@NullMarked
package dev.buddyd.concurrency;

import org.jspecify.annotations.NullMarked;
