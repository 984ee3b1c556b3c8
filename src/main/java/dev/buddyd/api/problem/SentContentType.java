package dev.buddyd.api.problem;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** The content type as the client sent it, where a filter shows another one to what comes after. */
public final class SentContentType {

  /** Request attribute that keeps it. */
  public static final String ATTRIBUTE = "buddyd.sent-content-type";

  private SentContentType() {}

  static @Nullable String of(HttpServletRequest request) {
    Object kept = request.getAttribute(ATTRIBUTE);
    return kept == null ? request.getContentType() : kept.toString();
  }
}
