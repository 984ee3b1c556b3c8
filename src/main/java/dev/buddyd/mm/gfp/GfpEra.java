package dev.buddyd.mm.gfp;

import java.util.List;

/**
 * Runs of kernel releases within which no flag changed its number (G-52). A flag may still appear
 * or disappear inside an era (G-54).
 */
public enum GfpEra {
  A("2.6.32", "4.3"),
  B("4.4", "4.9"),
  C("4.10", "4.17"),
  D("4.18", "5.0"),
  E("5.1", "5.13"),
  F("5.14", "5.17"),
  G("5.18", "6.2"),
  H("6.3", "now");

  private static final List<GfpEra> ALL = List.of(values());

  private final String first;
  private final String last;

  GfpEra(String first, String last) {
    this.first = first;
    this.last = last;
  }

  /** The era of a release; kernels before 2.6.32 are read as era A. */
  public static GfpEra of(KernelVersion version) {
    for (GfpEra era : ALL.reversed()) {
      if (version.atLeast(era.first)) {
        return era;
      }
    }
    return A;
  }

  /** The releases of this era for people: {@code 4.4-4.9}. */
  public String releases() {
    return first + "-" + last;
  }

  /**
   * The releases of this era; the first era takes in everything older, the last everything newer.
   */
  public VersionRange range() {
    if (this == H) {
      return VersionRange.since(first);
    }
    String next = ALL.get(ordinal() + 1).first;
    return this == A ? VersionRange.until(next) : VersionRange.between(first, next);
  }
}
