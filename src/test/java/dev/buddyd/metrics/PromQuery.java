package dev.buddyd.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a PromQL expression reads, as far as a test of names needs it.
 *
 * @param name of the metric
 * @param labels that the selector compares
 */
record PromQuery(String name, List<String> labels) {

  private static final Pattern NOT_READ =
      Pattern.compile(
          "#.*|\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)|\\[[^\\]]*]"
              + "|,\\s*\"[^\"]*\""); // a function's text, such as label_replace's
  private static final Pattern SELECTOR =
      Pattern.compile("(?<![\\w:.])([a-zA-Z_:][\\w:]*)\\s*(\\(|\\{([^}]*)})?");
  private static final Pattern LABEL = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"[^\"]*\"");
  private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "offset", "bool");

  static List<PromQuery> selectors(String expression) {
    List<PromQuery> found = new ArrayList<>();
    Matcher selector = SELECTOR.matcher(NOT_READ.matcher(expression).replaceAll(" "));
    while (selector.find()) {
      boolean function = "(".equals(selector.group(2));
      if (!function && !OPERATORS.contains(selector.group(1))) {
        found.add(new PromQuery(selector.group(1), labels(selector.group(3))));
      }
    }
    return found;
  }

  private static List<String> labels(String matchers) {
    if (matchers == null) {
      return List.of();
    }
    return LABEL.matcher(matchers).results().map(label -> label.group(1)).toList();
  }

  /** Labels that Prometheus itself adds. */
  Stream<String> ownLabels() {
    return labels.stream().filter(label -> !label.equals("job") && !label.equals("instance"));
  }
}
