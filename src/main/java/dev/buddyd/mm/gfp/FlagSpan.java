package dev.buddyd.mm.gfp;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One flag had one number during a run of releases.
 *
 * @param value the bit, or {@link #NEXT_FREE}
 * @param needs the build option that the flag exists with, or null if it always does
 */
record FlagSpan(GfpFlag flag, int value, VersionRange releases, @Nullable BuildOption needs) {

  /** The flag takes the lowest bit from {@link #FIRST_OPTIONAL} up that is still free (G-2). */
  static final int NEXT_FREE = 0;

  /** Where optional bits begin (G-2). */
  static final int FIRST_OPTIONAL = 0x1000000;

  boolean holds(KernelVersion version, Set<BuildOption> built) {
    return releases.contains(version) && (needs == null || built.contains(needs));
  }
}
