/** Runs the lessons under {@code docs/lessons}: each is text, demonstration and test at once. */
@NullMarked
package dev.buddyd.lesson;

import org.jspecify.annotations.NullMarked;
