package dev.buddyd.replay.reclaim;

import dev.buddyd.replay.reclaim.ReclaimRecording.Result;
import dev.buddyd.replay.reclaim.TestVerdict.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The tables of {@code docs/fidelity.md} about recordings of reclaim. */
final class FidelityTables {

  static final Path FILE = Path.of("docs/fidelity.md");

  private static final String BEGIN = "<!-- reclaim -->\n";
  private static final String END = "<!-- /reclaim -->";

  /** {@code <mask>-o<order>-<pressure>}. */
  private static final Pattern TEST = Pattern.compile("(\\w+)-o(\\d+)-\\w+");

  private static final Pattern RECORDING_ROW = Pattern.compile("(?m)^\\| (r\\d[\\w-]*) \\| .*$");

  private FidelityTables() {}

  /** Verdicts by how they came out. */
  private static final class Counts {

    private final Map<Agreement, Integer> counts = new EnumMap<>(Agreement.class);

    void add(Agreement agreement) {
      counts.merge(agreement, 1, Integer::sum);
    }

    String joined(String separator) {
      return Arrays.stream(Agreement.values())
          .map(agreement -> Integer.toString(counts.getOrDefault(agreement, 0)))
          .collect(Collectors.joining(separator));
    }

    int sum() {
      return counts.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /** All of them. */
  static String of(List<Result> results) {
    return byRecording(results)
        + "\n"
        + byMask(results)
        + "\n"
        + byItem(results)
        + "\n"
        + differing(results);
  }

  static String byRecording(List<Result> results) {
    StringBuilder out = new StringBuilder();
    out.append("| recording | tests | agree | within the spread | differ |\n");
    out.append("|---|---:|---:|---:|---:|\n");
    results.forEach(result -> out.append(row(result)).append('\n'));
    return out.toString();
  }

  private static String row(Result result) {
    Counts counts = new Counts();
    result.tests().forEach(test -> counts.add(test.agreement()));
    return "| %s | %d | %s |".formatted(result.name(), counts.sum(), counts.joined(" | "));
  }

  /** Tests of all recordings by the mask of their requests, and by order. */
  static String byMask(List<Result> results) {
    Map<String, Map<Integer, Counts>> masks = new LinkedHashMap<>();
    TreeSet<Integer> orders = new TreeSet<>();
    for (Result result : results) {
      for (TestVerdict test : result.tests()) {
        Matcher name = TEST.matcher(test.name());
        if (!name.matches()) {
          throw new IllegalArgumentException("a test named " + test.name());
        }
        int order = Integer.parseInt(name.group(2));
        orders.add(order);
        masks
            .computeIfAbsent(name.group(1), mask -> new LinkedHashMap<>())
            .computeIfAbsent(order, o -> new Counts())
            .add(test.agreement());
      }
    }
    StringBuilder out = new StringBuilder("| agree/within/differ |");
    orders.forEach(order -> out.append(" order ").append(order).append(" |"));
    out.append("\n|---|").append("---:|".repeat(orders.size())).append('\n');
    masks.forEach(
        (mask, byOrder) -> {
          out.append("| ").append(mask).append(" |");
          for (int order : orders) {
            Counts counts = byOrder.get(order);
            out.append(counts == null ? " |" : " " + counts.joined("/") + " |");
          }
          out.append('\n');
        });
    return out.toString();
  }

  /** What is compared in the tests of all recordings. */
  static String byItem(List<Result> results) {
    Map<String, Counts> items = new LinkedHashMap<>();
    for (Result result : results) {
      for (TestVerdict test : result.tests()) {
        for (Item item : test.items()) {
          items.computeIfAbsent(item.name(), name -> new Counts()).add(item.agreement());
        }
      }
    }
    StringBuilder out = new StringBuilder();
    out.append("| compared | tests | agree | within the spread | differ |\n");
    out.append("|---|---:|---:|---:|---:|\n");
    items.forEach(
        (name, counts) ->
            out.append("| %s | %d | %s |\n".formatted(name, counts.sum(), counts.joined(" | "))));
    return out.toString();
  }

  /** The tests that differ, by name, and what is different. */
  static String differing(List<Result> results) {
    StringBuilder out = new StringBuilder();
    out.append("| differs | recorded and simulated |\n|---|---|\n");
    for (Result result : results) {
      for (TestVerdict test : result.tests()) {
        String items =
            test.items().stream()
                .filter(item -> item.agreement() == Agreement.DIFFERS)
                .map(item -> item.name() + " " + item.recorded() + ", " + item.simulated())
                .collect(Collectors.joining("; "));
        if (!items.isEmpty()) {
          out.append("| %s %s | %s |\n".formatted(result.name(), test.name(), items));
        }
      }
    }
    return out.toString();
  }

  // ---- the file

  /** What the file has now. */
  static String written() throws IOException {
    String text = Files.readString(FILE);
    return text.substring(text.indexOf(BEGIN) + BEGIN.length(), text.indexOf(END));
  }

  /** Writes the tables into the file. */
  static void write(List<Result> results) throws IOException {
    String text = Files.readString(FILE);
    Files.writeString(
        FILE,
        text.substring(0, text.indexOf(BEGIN) + BEGIN.length())
            + of(results)
            + text.substring(text.indexOf(END)));
  }

  /**
   * What the file should say, as far as these recordings tell: all of it if they are the ones that
   * it is made of, else its rows of those recordings that are among them.
   *
   * @param written what it says
   */
  static String expected(String written, List<Result> results) {
    Map<String, Result> byName =
        results.stream().collect(Collectors.toMap(Result::name, Function.identity()));
    List<String> names = RECORDING_ROW.matcher(written).results().map(row -> row.group(1)).toList();
    if (byName.keySet().equals(Set.copyOf(names))) {
      return of(results);
    }
    return RECORDING_ROW
        .matcher(written)
        .replaceAll(
            row -> {
              Result result = byName.get(row.group(1));
              return Matcher.quoteReplacement(result == null ? row.group() : row(result));
            });
  }
}
