package dev.buddyd.api.problem;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Errors that a filter or the container reports instead of an exception of a controller. */
@Hidden
@RestController
class ProblemErrorController implements ErrorController {

  @RequestMapping("${server.error.path:/error}")
  ResponseEntity<Object> error(HttpServletRequest request) {
    Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    if (status == null) { // somebody asked for /error itself
      return answer(new ProblemException(ProblemType.NOT_FOUND, "there is nothing here"), "/error");
    }
    Object thrown = request.getAttribute(RequestDispatcher.ERROR_EXCEPTION);
    if (thrown instanceof Throwable cause) {
      return answer(ExceptionTranslator.translate(cause, request), String.valueOf(path));
    }
    ProblemType type = ProblemType.ofStatus((Integer) status);
    ProblemException problem =
        type == ProblemType.INTERNAL
            ? ExceptionTranslator.internal(null, request)
            : new ProblemException(type, type.title());
    return answer(problem, String.valueOf(path));
  }

  private static ResponseEntity<Object> answer(ProblemException problem, String path) {
    return Problems.answer(problem, HttpHeaders.EMPTY, path);
  }
}
