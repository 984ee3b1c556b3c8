/** {@code /events}: what changed the machine, as it happens; a cursor into the ring per client. */
@NullMarked
package dev.buddyd.api.event;

import org.jspecify.annotations.NullMarked;
