/**
 * Reads any text and finds the kernel's memory reports in it: page allocation failures and
 * out-of-memory kills of kernels 2.6 to today (spec 05 sections 6 and 7, F-70..F-81). The parser
 * never throws on a text, never needs more than linear time, and reports what is missing instead of
 * guessing. Stateless; no locks.
 *
 * <p>The way of a text: {@link dev.buddyd.diagnosis.report.LinePrefix} takes the log's own prefix
 * off each line, {@link dev.buddyd.diagnosis.report.TokenTable} cuts the rest into tokens (one
 * stream per printing task, tokens that a mailer tore apart made whole), {@code FactScanner}
 * recognises the kernel's sentences wherever they stand, and {@code ReportAssembler} hands each
 * fact to the report that it belongs to.
 */
@NullMarked
package dev.buddyd.diagnosis.report;

import org.jspecify.annotations.NullMarked;
