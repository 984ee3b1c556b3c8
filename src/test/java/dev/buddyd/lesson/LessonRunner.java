package dev.buddyd.lesson;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Plays a lesson against a service and checks every answer. */
final class LessonRunner {

  /** More answers than a lesson may need until its machine refuses. */
  private static final int MAX_REPEATS = 100_000;

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");
  private static final Pattern EXPECTATION = Pattern.compile("(/\\S*) (->|=|!=|<|>|contains) (.*)");

  private final URI service;
  private final PrintStream out;
  private final HttpClient client = HttpClient.newHttpClient();
  private final JsonMapper json = new JsonMapper();
  private final Map<String, String> variables = new LinkedHashMap<>();
  private int sent;

  LessonRunner(URI service, PrintStream out) {
    this.service = service;
    this.out = out;
  }

  void play(Lesson lesson) throws IOException, InterruptedException {
    for (Lesson.Step step : lesson.steps()) {
      String place = lesson.name() + ":" + step.line();
      assertThat(step.expectations()).as(place + " expects something").isNotEmpty();
      List<String> expectations = step.expectations();
      String first = expectations.getFirst();
      HttpResponse<String> answer;
      if (first.startsWith("repeat until ")) {
        int status = Integer.parseInt(first.substring("repeat until ".length()).strip());
        int n = 0;
        do {
          answer = send(step);
        } while (answer.statusCode() != status && ++n < MAX_REPEATS);
        assertThat(answer.statusCode()).as(place).isEqualTo(status);
      } else if (first.startsWith("repeat ")) {
        int times = Integer.parseInt(first.substring("repeat ".length()).strip());
        answer = send(step);
        for (int i = 1; i < times; i++) {
          answer = send(step);
        }
      } else {
        answer = send(step);
      }
      out.println(step.request().getFirst() + " -> " + answer.statusCode());
      for (String expectation : expectations) {
        check(place, expectation, answer);
      }
    }
  }

  private HttpResponse<String> send(Lesson.Step step) throws IOException, InterruptedException {
    variables.put("odd", Integer.toString(sent++ % 2));
    List<String> lines = step.request();
    String[] call = substitute(lines.getFirst()).split(" ", 2);
    int empty = lines.indexOf("");
    List<String> headers = lines.subList(1, empty < 0 ? lines.size() : empty);
    String body = empty < 0 ? "" : String.join("\n", lines.subList(empty + 1, lines.size()));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(service.resolve(call[1]))
            .method(
                call[0],
                body.isEmpty()
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(substitute(body)));
    boolean typed = false;
    for (String header : headers) {
      String[] parts = header.split(":", 2);
      request.header(parts[0].strip(), parts[1].strip());
      typed |= parts[0].equalsIgnoreCase("Content-Type");
    }
    if (!body.isEmpty() && !typed) {
      request.header("Content-Type", body.startsWith("{") ? "application/json" : "text/plain");
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private void check(String place, String rawExpectation, HttpResponse<String> answer) {
    String expectation = substitute(rawExpectation).strip();
    String as = place + ": " + expectation + "\n" + answer.body();
    if (expectation.isEmpty() || expectation.startsWith("repeat ")) {
      return;
    }
    if (expectation.matches("\\d{3}")) {
      assertThat(answer.statusCode()).as(as).isEqualTo(Integer.parseInt(expectation));
      return;
    }
    if (expectation.startsWith("text ")) {
      assertThat(answer.body().replaceAll("[ \\t]+", " "))
          .as(as)
          .contains(expectation.substring("text ".length()).strip().replaceAll("[ \\t]+", " "));
      return;
    }
    Matcher matcher = EXPECTATION.matcher(expectation);
    assertThat(matcher.matches()).as("%s: not an expectation: %s", place, expectation).isTrue();
    JsonNode node = json.readTree(answer.body()).at(matcher.group(1));
    String actual = node.isString() ? node.stringValue() : node.toString();
    String expected = matcher.group(3).strip();
    switch (matcher.group(2)) {
      case "->" -> {
        assertThat(node.isMissingNode()).as(as).isFalse();
        variables.put(expected, actual);
      }
      case "=" -> assertThat(actual).as(as).isEqualTo(expected);
      case "!=" -> assertThat(actual).as(as).isNotEqualTo(expected);
      case "<" -> assertThat(Long.parseLong(actual)).as(as).isLessThan(Long.parseLong(expected));
      case ">" -> assertThat(Long.parseLong(actual)).as(as).isGreaterThan(Long.parseLong(expected));
      default -> assertThat(actual).as(as).contains(expected);
    }
  }

  private String substitute(String text) {
    return VARIABLE
        .matcher(text)
        .replaceAll(
            match -> {
              String value = variables.get(match.group(1));
              assertThat(value).as("variable " + match.group(1)).isNotNull();
              return Matcher.quoteReplacement(value);
            });
  }
}
