package dev.buddyd.machine;

import java.util.Locale;

/** Where the pages of an allocation are. */
public enum AllocationState {
  /** In memory, where they were allocated or where a fault brought them. */
  RESIDENT,
  /** In memory, where compaction moved them. */
  MIGRATED,
  /** In swap; a fault brings them back. */
  SWAPPED,
  /** Page cache that was given up, or a slab object that a shrinker freed. */
  DROPPED,
  /** Lost with the process that held them. */
  KILLED,
  /** Given back, or gone for so long that nothing is known of it but the event of its beginning. */
  FREED;

  /** Whether there is a frame. */
  public boolean resident() {
    return this == RESIDENT || this == MIGRATED;
  }

  /** The name in the HTTP interface. */
  public String apiName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
