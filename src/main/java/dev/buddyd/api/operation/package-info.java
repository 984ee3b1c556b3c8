/**
 * {@code POST /operations}: many operations in one request, one JSON object a line, answered line
 * by line while the request is still being sent. Read from here: {@link
 * dev.buddyd.api.operation.OperationStream} reads a line ({@code LineReader}), understands it
 * ({@code LineParser}), performs it ({@code OperationRunner}) and writes the answer ({@code
 * AnswerWriter}). Nothing on this way makes objects per line, except for mistakes and refusals.
 */
@NullMarked
package dev.buddyd.api.operation;

import org.jspecify.annotations.NullMarked;
