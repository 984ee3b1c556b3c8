package dev.buddyd.explain;

import java.util.Locale;

/** Numbers as people read them. */
final class Kb {

  private final int pageKbytes;

  Kb(int pageKbytes) {
    this.pageKbytes = pageKbytes;
  }

  /** Pages as kilobytes with thousands separators: {@code 22,480 kB}. */
  String of(long pages) {
    return count(pages * pageKbytes) + " kB";
  }

  static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  static String pages(long n) {
    return count(n) + (n == 1 ? " page" : " pages");
  }

  static String blocks(long n, long order) {
    return count(n) + (n == 1 ? " block" : " blocks") + " of order " + order;
  }
}
