package dev.buddyd.bench;

import java.lang.management.ManagementFactory;
import java.util.Locale;

/** What else the machine does. */
final class Load {

  private Load() {}

  /** The load average of the last minute and the number of processors, in words. */
  static String now() {
    var os = ManagementFactory.getOperatingSystemMXBean();
    return String.format(
        Locale.ROOT,
        "load average %.1f on %d processors",
        os.getSystemLoadAverage(),
        os.getAvailableProcessors());
  }
}
