package dev.buddyd.lesson;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A lesson: a Markdown file whose {@code http} blocks are requests and whose {@code expect} blocks
 * say what the answers look like. The form is described in docs/lessons/README.md.
 *
 * @param name file name
 * @param steps requests in order
 */
record Lesson(String name, List<Step> steps) {

  /**
   * A request and what it must answer.
   *
   * @param line line of the request in the file, from 1
   * @param request first line: method and path; then headers; then, after an empty line, the body
   * @param expectations one per line
   */
  record Step(int line, List<String> request, List<String> expectations) {}

  static Lesson read(Path file) throws IOException {
    List<Step> steps = new ArrayList<>();
    List<String> block = new ArrayList<>();
    String kind = "";
    int start = 0;
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      if (!line.startsWith("```")) {
        block.add(line);
        continue;
      }
      if (kind.isEmpty()) {
        kind = line.substring(3).strip();
        kind = kind.isEmpty() ? "text" : kind;
        start = number + 1;
      } else {
        switch (kind) {
          case "http" -> steps.add(new Step(start, List.copyOf(block), new ArrayList<>()));
          case "expect" -> steps.getLast().expectations().addAll(block);
          default -> {}
        }
        kind = "";
      }
      block.clear();
    }
    return new Lesson(String.valueOf(file.getFileName()), steps);
  }
}
