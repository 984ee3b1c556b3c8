package dev.buddyd.mutation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One rule, broken: {@code mutations.txt} has a paragraph for each.
 *
 * @param rule id of the rule
 * @param title what is broken
 * @param file source file below {@code src/main/java/dev/buddyd}
 * @param original text as it stands there, once
 * @param changed text instead
 */
record Mutation(String rule, String title, String file, String original, String changed) {

  static final Path SOURCES = Path.of("src/main/java/dev/buddyd");
  private static final Path LIST = Path.of("src/test/resources/mutations.txt");

  /** All of them, in the order of the list. */
  static List<Mutation> list() {
    List<Mutation> mutations = new ArrayList<>();
    for (String paragraph : read(LIST).split("\n\\s*\n")) {
      List<String> lines = paragraph.lines().filter(line -> !line.startsWith("#")).toList();
      if (lines.isEmpty()) {
        continue;
      }
      String[] head = lines.getFirst().split(" ", 2);
      if (lines.size() != 4
          || head.length != 2
          || !lines.get(2).startsWith("- ")
          || !lines.get(3).startsWith("+")) {
        throw new IllegalArgumentException("not a mutation:\n" + paragraph);
      }
      mutations.add(
          new Mutation(
              head[0],
              head[1],
              lines.get(1),
              lines.get(2).substring(2),
              lines.get(3).substring(1).strip()));
    }
    return mutations;
  }

  Path source() {
    return SOURCES.resolve(file);
  }

  /** How often the source has the original text. */
  int occurrences() {
    String text = read(source());
    int count = 0;
    for (int at = text.indexOf(original); at >= 0; at = text.indexOf(original, at + 1)) {
      count++;
    }
    return count;
  }

  /** The source with the changed text. */
  String mutatedSource() {
    if (occurrences() != 1) {
      throw new IllegalStateException(this + ": text not found exactly once");
    }
    return read(source()).replace(original, changed);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return rule + " " + title + " (" + file + ")";
  }
}
