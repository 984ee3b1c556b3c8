package dev.buddyd.api.problem;

import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Explains the problem types, to programs, browsers and terminals. */
@RestController
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
  record Explanation(String type, int status, String title, String meaning, String remedy) {
    static Explanation of(ProblemType type) {
      return new Explanation(
          type.uri().toString(),
          type.status().value(),
          type.title(),
          type.meaning(),
          type.remedy());
    }
  }

  /** All problem types. */
  record Explanations(List<Explanation> problems) {}

  @GetMapping(path = "/problems", produces = MediaType.APPLICATION_JSON_VALUE)
  Explanations all() {
    return new Explanations(ProblemType.all().stream().map(Explanation::of).toList());
  }

  @GetMapping(path = "/problems", produces = HTML)
  String allAsPage() {
    return ProblemPage.html();
  }

  @GetMapping(
      path = "/problems",
      produces = {MARKDOWN, MediaType.TEXT_PLAIN_VALUE})
  String allAsText() {
    return ProblemPage.markdown();
  }

  @GetMapping(path = "/problems/{type}", produces = MediaType.APPLICATION_JSON_VALUE)
  Explanation one(@PathVariable String type) {
    return Explanation.of(find(type));
  }

  @GetMapping(path = "/problems/{type}", produces = HTML)
  String oneAsPage(@PathVariable String type) {
    return ProblemPage.html(find(type));
  }

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
