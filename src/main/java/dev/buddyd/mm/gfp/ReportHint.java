package dev.buddyd.mm.gfp;

import org.jspecify.annotations.Nullable;

/** What the shape of a report tells about the kernel that printed it (G-57.5, F-72). */
public enum ReportHint {
  /** Masks are numbers only; names are printed since 4.6. */
  NO_NAMES(null, "4.6"),
  /** A line for each node, {@code Node 0 active_anon:...}. */
  NODE_LINE("4.8", null),
  /** {@code cpuset=/ mems_allowed=0} on a line of its own. */
  CPUSET_LINE(null, "5.0"),
  /** {@code reserved_highatomic:} in zone lines. */
  RESERVED_HIGHATOMIC("5.4", null),
  /** {@code unstable:} among the global numbers. */
  UNSTABLE(null, "5.8"),
  /** {@code boost:} in zone lines. */
  BOOST("5.14", null),
  /** {@code free_highatomic:} in zone lines. */
  FREE_HIGHATOMIC("6.13", null),
  /** {@code reserved_highatomic:} in zone lines, and no {@code boost:}. */
  NO_BOOST("5.4", "5.14"),
  /** {@code boost:} in zone lines, and no {@code free_highatomic:}. */
  NO_FREE_HIGHATOMIC("5.14", "6.13");

  private final @Nullable String from;
  private final @Nullable String before;

  ReportHint(@Nullable String from, @Nullable String before) {
    this.from = from;
    this.before = before;
  }

  /** The releases that print reports of this shape. */
  public VersionRange releases() {
    return new VersionRange(version(from), version(before));
  }

  private static @Nullable KernelVersion version(@Nullable String text) {
    return text == null ? null : KernelVersion.parse(text);
  }
}
