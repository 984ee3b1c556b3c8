package dev.buddyd.mm.gfp;

import org.jspecify.annotations.Nullable;

/**
 * A run of kernel releases.
 *
 * @param from the first release, or null for "since ever"
 * @param before the first release that no longer belongs, or null for "until now"
 */
public record VersionRange(@Nullable KernelVersion from, @Nullable KernelVersion before) {

  /** Every release. */
  public static final VersionRange ALWAYS = new VersionRange(null, null);

  /** {@code from} and all later releases. */
  public static VersionRange since(String from) {
    return new VersionRange(KernelVersion.parse(from), null);
  }

  /** All releases earlier than {@code before}. */
  public static VersionRange until(String before) {
    return new VersionRange(null, KernelVersion.parse(before));
  }

  /** {@code from} and later, but earlier than {@code before}. */
  public static VersionRange between(String from, String before) {
    return new VersionRange(KernelVersion.parse(from), KernelVersion.parse(before));
  }

  /** Whether the release lies in this run. */
  public boolean contains(KernelVersion version) {
    return (from == null || version.atLeast(from)) && (before == null || !version.atLeast(before));
  }

  /** Whether some release lies in both runs. */
  public boolean overlaps(VersionRange other) {
    return startsBeforeEndOf(other) && other.startsBeforeEndOf(this);
  }

  private boolean startsBeforeEndOf(VersionRange other) {
    return from == null || other.before == null || !from.atLeast(other.before);
  }
}
