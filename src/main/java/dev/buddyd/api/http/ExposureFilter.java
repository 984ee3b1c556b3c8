package dev.buddyd.api.http;

import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import dev.buddyd.config.BuddydProperties;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Who may change something, and what a browser may do with our pages. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 90)
class ExposureFilter extends OncePerRequestFilter {

  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

  /** Calls that change nothing of the machine in service. */
  private static final Set<String> HARMLESS = Set.of("POST /diagnoses", "POST /replays");

  private static final String POLICY =
      "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
          + " object-src 'none'";

  /** Swagger UI carries its icons as data: URLs. */
  private static final String SWAGGER_POLICY = POLICY + "; img-src 'self' data:";

  private final boolean readOnly;
  private final HandlerExceptionResolver handlerExceptionResolver;

  ExposureFilter(BuddydProperties properties, HandlerExceptionResolver handlerExceptionResolver) {
    this.readOnly = properties.readOnly();
    this.handlerExceptionResolver = handlerExceptionResolver;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    boolean swagger = request.getRequestURI().startsWith("/swagger-ui/");
    response.setHeader("Content-Security-Policy", swagger ? SWAGGER_POLICY : POLICY);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    Exception refusal;
    try {
      refusal = refusal(request);
    } catch (InvalidParameterException e) {
      refusal = e;
    }
    if (refusal == null) {
      chain.doFilter(request, response);
    } else {
      handlerExceptionResolver.resolveException(request, response, null, refusal);
    }
  }

  private @Nullable ProblemException refusal(HttpServletRequest request) {
    if (SAFE.contains(request.getMethod())) {
      return null;
    }
    if ("cross-site".equals(request.getHeader("Sec-Fetch-Site"))) {
      return new ProblemException(
          ProblemType.CROSS_SITE,
          "a page of another site may not %s here".formatted(request.getMethod()));
    }
    if (readOnly && !harmless(request)) {
      return new ProblemException(
          ProblemType.READ_ONLY,
          "%s %.200s would change something"
              .formatted(request.getMethod(), request.getRequestURI()));
    }
    return null;
  }

  private static boolean harmless(HttpServletRequest request) {
    String call = request.getMethod() + " " + request.getRequestURI();
    return HARMLESS.contains(call)
        || (call.equals("POST /pages") && "true".equals(request.getParameter("dry_run")));
  }
}
