package dev.buddyd.api.http;

import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import dev.buddyd.api.problem.SentContentType;
import dev.buddyd.config.Limits;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Bounds every body before anybody reads it, and inflates gzip. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
class BodyFilter extends OncePerRequestFilter {

  private final Limits limits;
  private final HandlerExceptionResolver handlerExceptionResolver;

  BodyFilter(Limits limits, HandlerExceptionResolver handlerExceptionResolver) {
    this.limits = limits;
    this.handlerExceptionResolver = handlerExceptionResolver;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    HttpServletRequest bounded;
    try {
      bounded = bounded(request);
    } catch (ProblemException e) {
      if (e.type() == ProblemType.UNSUPPORTED_MEDIA_TYPE) {
        response.setHeader(HttpHeaders.ACCEPT_ENCODING, "gzip");
      }
      handlerExceptionResolver.resolveException(request, response, null, e);
      return;
    }
    chain.doFilter(bounded, response);
  }

  private HttpServletRequest bounded(HttpServletRequest request) {
    boolean gzip = gzip(request.getHeader(HttpHeaders.CONTENT_ENCODING));
    String type = request.getContentType();
    boolean form =
        type != null
            && type.toLowerCase(Locale.ROOT)
                .startsWith(MediaType.APPLICATION_FORM_URLENCODED_VALUE);
    BodyLimit limit =
        BodyLimit.of(
            limits,
            request.getMethod(),
            request.getRequestURI(),
            form ? MediaType.TEXT_PLAIN_VALUE : type);
    long length = request.getContentLengthLong();
    if (length > limit.sentBytes()) {
      throw BodyLimit.tooLarge(limit.sentName(), limit.sentBytes());
    }
    if (form) {
      request.setAttribute(SentContentType.ATTRIBUTE, type);
    }
    if (gzip) {
      InTransit.mark(request);
    }
    boolean counted = length < 0 && request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
    return gzip || form || counted ? new BoundedRequest(request, limit, gzip, form) : request;
  }

  private static boolean gzip(@Nullable String encoding) {
    return switch (encoding == null ? "" : encoding.strip().toLowerCase(Locale.ROOT)) {
      case "", "identity" -> false;
      case "gzip", "x-gzip" -> true;
      default ->
          throw new ProblemException(
                  ProblemType.UNSUPPORTED_MEDIA_TYPE,
                  "bodies are read as they are or with Content-Encoding: gzip, not %.100s"
                      .formatted(encoding))
              .with("supported", List.of("gzip", "identity"));
    };
  }
}
