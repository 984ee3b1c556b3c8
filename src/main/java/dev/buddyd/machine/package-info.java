/**
 * The one running machine: boot, requests by name, who holds what, the sequence of changes, virtual
 * time, events, sysctls, forks. Plain Java over {@code mm}; no Spring, no HTTP.
 */
@NullMarked
package dev.buddyd.machine;

import org.jspecify.annotations.NullMarked;
