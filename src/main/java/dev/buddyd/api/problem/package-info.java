/**
 * Errors as the client sees them (RFC 9457): every refusal, those of the framework and of the
 * servlet container too, is {@code application/problem+json} with a relative type under {@code
 * /problems/}, which answers GET with its explanation. Nothing of the inside leaks.
 */
@NullMarked
package dev.buddyd.api.problem;

import org.jspecify.annotations.NullMarked;
