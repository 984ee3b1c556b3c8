package dev.buddyd.mm.gfp;

/**
 * Runs of kernel releases within which no flag changed its number (G-52). A flag may still appear
 * or disappear inside an era (G-54).
 */
public enum GfpEra {
  A("2.6.32", "4.3", VersionRange.until("4.4")),
  B("4.4", "4.9", VersionRange.between("4.4", "4.10")),
  C("4.10", "4.17", VersionRange.between("4.10", "4.18")),
  D("4.18", "5.0", VersionRange.between("4.18", "5.1")),
  E("5.1", "5.13", VersionRange.between("5.1", "5.14")),
  F("5.14", "5.17", VersionRange.between("5.14", "5.18")),
  G("5.18", "6.2", VersionRange.between("5.18", "6.3")),
  H("6.3", "now", VersionRange.since("6.3"));

  private final String first;
  private final String last;
  private final VersionRange range;

  GfpEra(String first, String last, VersionRange range) {
    this.first = first;
    this.last = last;
    this.range = range;
  }

  /** The era of a release; kernels before 2.6.32 are read as era A. */
  public static GfpEra of(KernelVersion version) {
    for (GfpEra era : values()) {
      if (era.range.contains(version)) {
        return era;
      }
    }
    throw new AssertionError("eras leave a gap at " + version);
  }

  /** The releases of this era for people: {@code 4.4-4.9}. */
  public String releases() {
    return first + "-" + last;
  }

  /** The releases of this era. */
  public VersionRange range() {
    return range;
  }
}
