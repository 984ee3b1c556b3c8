package dev.buddyd.api.http;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Whether a body was compressed for its way only, so that what is read of it is inflated already.
 */
public final class InTransit {

  private static final String ATTRIBUTE = "buddyd.compressed-in-transit";

  private InTransit() {}

  static void mark(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, true);
  }

  /** Whether the body came with {@code Content-Encoding: gzip}. */
  public static boolean compressed(HttpServletRequest request) {
    return request.getAttribute(ATTRIBUTE) != null;
  }
}
