/**
 * The kernel's own files over HTTP: {@code /proc}, {@code /proc/sys/vm}, debugfs and tracefs (spec
 * 07). Each text is coherent per zone; nothing stops for it.
 */
@NullMarked
package dev.buddyd.api.kernel;

import org.jspecify.annotations.NullMarked;
