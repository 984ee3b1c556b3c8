package dev.buddyd.api.problem;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/** Every exception that leaves a controller becomes a problem. */
@Order(Ordered.HIGHEST_PRECEDENCE)
@RestControllerAdvice
class ProblemAdvice {

  @ExceptionHandler(Exception.class)
  @Nullable ResponseEntity<Object> problem(
      Exception thrown, HttpServletRequest request, HttpServletResponse response) {
    if (response.isCommitted() || clientHasGone(thrown)) {
      return null;
    }
    ProblemException problem = ExceptionTranslator.translate(thrown, request);
    response.resetBuffer();
    HttpHeaders headers =
        thrown instanceof ErrorResponse framework ? framework.getHeaders() : HttpHeaders.EMPTY;
    return Problems.answer(problem, headers, request.getRequestURI());
  }

  private static boolean clientHasGone(Exception thrown) {
    return thrown instanceof AsyncRequestNotUsableException
        || (thrown instanceof IOException
            && thrown.getClass().getSimpleName().equals("ClientAbortException"));
  }
}
