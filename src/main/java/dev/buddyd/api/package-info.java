/**
 * The HTTP interface (DESIGN: contract). Sub-packages by subject; every controller only translates
 * between HTTP and the rooms below: {@code machine}, {@code explain}, {@code procfs}, {@code
 * replay}, {@code diagnosis}. Problems and what all endpoints share are in {@code problem} and
 * {@code http}.
 */
@NullMarked
package dev.buddyd.api;

import org.jspecify.annotations.NullMarked;
