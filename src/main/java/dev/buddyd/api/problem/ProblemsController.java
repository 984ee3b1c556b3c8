package dev.buddyd.api.problem;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Explains the problem types, to programs, browsers and terminals. */
@RestController
@Tag(name = "Problems")
class ProblemsController {

  private static final String MARKDOWN = "text/markdown;charset=UTF-8";
  private static final String HTML = "text/html;charset=UTF-8";

  /**
   * A problem type.
   *
   * @param type the relative URI
   * @param status the HTTP status
   * @param title what is wrong
   * @param meaning what it means
   * @param remedy what to do about it
   */
  record ProblemExplanation(String type, int status, String title, String meaning, String remedy) {
    static ProblemExplanation of(ProblemType type) {
      return new ProblemExplanation(
          type.uri().toString(),
          type.status().value(),
          type.title(),
          type.meaning(),
          type.remedy());
    }
  }

  /** All problem types. */
  record ProblemList(List<ProblemExplanation> problems) {}

  /** Every problem this service answers with: what it means and what to do about it. */
  @Operation(operationId = "listProblems")
  @GetMapping(path = "/problems", produces = MediaType.APPLICATION_JSON_VALUE)
  ProblemList all() {
    return new ProblemList(ProblemType.all().stream().map(ProblemExplanation::of).toList());
  }

  /** Every problem this service answers with: what it means and what to do about it. */
  @Operation(operationId = "listProblems")
  @GetMapping(path = "/problems", produces = HTML)
  String allAsPage() {
    return ProblemPage.html();
  }

  /** Every problem this service answers with: what it means and what to do about it. */
  @Operation(operationId = "listProblems")
  @GetMapping(
      path = "/problems",
      produces = {MARKDOWN, MediaType.TEXT_PLAIN_VALUE})
  String allAsText() {
    return ProblemPage.markdown();
  }

  /**
   * A problem type: what it means and what to do about it.
   *
   * @param type the last part of its URI
   */
  @Operation(operationId = "getProblem")
  @GetMapping(path = "/problems/{type}", produces = MediaType.APPLICATION_JSON_VALUE)
  ProblemExplanation one(@PathVariable String type) {
    return ProblemExplanation.of(find(type));
  }

  /**
   * A problem type: what it means and what to do about it.
   *
   * @param type the last part of its URI
   */
  @Operation(operationId = "getProblem")
  @GetMapping(path = "/problems/{type}", produces = HTML)
  String oneAsPage(@PathVariable String type) {
    return ProblemPage.html(find(type));
  }

  /**
   * A problem type: what it means and what to do about it.
   *
   * @param type the last part of its URI
   */
  @Operation(operationId = "getProblem")
  @GetMapping(
      path = "/problems/{type}",
      produces = {MARKDOWN, MediaType.TEXT_PLAIN_VALUE})
  String oneAsText(@PathVariable String type) {
    return ProblemPage.markdown(find(type));
  }

  private static ProblemType find(String slug) {
    return ProblemType.ofSlug(slug)
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemType.NOT_FOUND, "there is no problem type '%.100s'".formatted(slug)));
  }
}
