/**
 * A kernel report becomes facts, and facts become a verdict: why an allocation failed although
 * memory was free. The service's answer to {@code POST /diagnoses}; implements spec 09 (the
 * watermark test by kernel version) on top of the allocator's own rules. No state, no locks.
 */
@NullMarked
package dev.buddyd.diagnosis;

import org.jspecify.annotations.NullMarked;
