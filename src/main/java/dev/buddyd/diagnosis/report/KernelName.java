package dev.buddyd.diagnosis.report;

/**
 * The version of the kernel that wrote a report.
 *
 * @param text as printed, e.g. {@code 4.18.0-240.10.1.el8_3.x86_64}
 * @param source where it stood
 */
public record KernelName(String text, Source source) {

  /** How near to the report the version was found. */
  public enum Source {
    /** In the "CPU: .. Comm: .. Not tainted VERSION" line of the report itself. */
    REPORT,
    /** In another line that a kernel wrote into the same text. */
    LOG,
    /** In prose around the report; it may belong to another machine. */
    PROSE
  }
}
