package dev.buddyd.mm.gfp;

/** What the shape of a report tells about the kernel that printed it (G-57.5, F-72). */
public enum ReportHint {
  /** Masks are numbers only; names are printed since 4.6. */
  NO_NAMES(VersionRange.until("4.6")),
  /** A line for each node, {@code Node 0 active_anon:...}. */
  NODE_LINE(VersionRange.since("4.8")),
  /** {@code cpuset=/ mems_allowed=0} on a line of its own. */
  CPUSET_LINE(VersionRange.until("5.0")),
  /** {@code reserved_highatomic:} in zone lines. */
  RESERVED_HIGHATOMIC(VersionRange.since("5.4")),
  /** {@code unstable:} among the global numbers. */
  UNSTABLE(VersionRange.until("5.8")),
  /** {@code boost:} in zone lines. */
  BOOST(VersionRange.since("5.14")),
  /** {@code free_highatomic:} in zone lines. */
  FREE_HIGHATOMIC(VersionRange.since("6.13"));

  private final VersionRange releases;

  ReportHint(VersionRange releases) {
    this.releases = releases;
  }

  /** The releases that print reports of this shape. */
  public VersionRange releases() {
    return releases;
  }
}
