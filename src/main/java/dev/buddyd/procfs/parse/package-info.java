/**
 * Reads what real hosts print under /proc: buddyinfo (T-1), pagetypeinfo (T-5) and zoneinfo (T-10)
 * of all kernel versions (T-11 and older), also several of them in one text, recognised by their
 * lines. The result is neutral: names and numbers as printed, nothing derived. Stateless; no locks.
 */
@NullMarked
package dev.buddyd.procfs.parse;

import org.jspecify.annotations.NullMarked;
