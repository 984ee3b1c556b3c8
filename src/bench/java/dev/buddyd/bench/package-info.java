/**
 * Measurements: the pattern harness, JMH benchmarks, memory and boot times. Each class names its
 * command; {@code scripts/bench} runs them all and writes a dated table under {@code docs/bench/}.
 */
@NullMarked
package dev.buddyd.bench;

import org.jspecify.annotations.NullMarked;
