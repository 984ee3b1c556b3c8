/**
 * A machine's complete state as a stream of JSON, {@code buddyd-snapshot/1} (docs/snapshot.md),
 * written from a capture and read into a machine of its own, which is checked whole before it may
 * serve. Holds the state that spec 00 names ("State to keep") and who holds what; no locks: a
 * capture and a machine being loaded belong to one thread.
 */
@NullMarked
package dev.buddyd.machine.snapshot;

import org.jspecify.annotations.NullMarked;
