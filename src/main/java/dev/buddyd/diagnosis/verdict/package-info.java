/**
 * From the facts of a report to a verdict: which zones the mask may use, the watermark test of
 * each, the cause, what would have helped, in numbers and in words. The decision itself is made in
 * {@link dev.buddyd.diagnosis.rules}; here it is asked, weighed and told. Stateless; no locks.
 */
@NullMarked
package dev.buddyd.diagnosis.verdict;

import org.jspecify.annotations.NullMarked;
