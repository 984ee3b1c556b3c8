package dev.buddyd.api.problem;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/**
 * Errors that the servlet container finds before any filter runs (a malformed request line, headers
 * that are too long): problems, too, where Tomcat would write a page of its own.
 */
public final class ProblemReportValve extends ErrorReportValve {

  @Override
  protected void report(Request request, Response response, @Nullable Throwable thrown) {
    int status = response.getStatus();
    if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    ProblemType type = ProblemType.ofStatus(status);
    String body =
        """
        {"type":"%s","title":"%s","status":%d,"detail":"%s"}
        """
            .formatted(
                type.uri(),
                type.title(),
                status,
                "the request line or a header does not keep to HTTP, or together they are too"
                    + " long");
    try {
      response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
      response.setCharacterEncoding(StandardCharsets.UTF_8);
      var writer = response.getReporter();
      if (writer != null) {
        writer.write(body.strip());
        response.finishResponse();
      }
    } catch (IOException e) {
      // the client has gone: nobody is left to read it
    }
  }
}
