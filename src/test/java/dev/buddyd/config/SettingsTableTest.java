package dev.buddyd.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** README's table of settings is what the code has: the same names, the same defaults. */
class SettingsTableTest {

  /** <code>| `limits.owners` | 65536 | meaning |</code>. */
  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z][a-z.-]+)` \\| ([^|]+?) \\| ([^|]+?) \\|$", Pattern.MULTILINE);

  private static final Path README = Path.of("README.md");

  @Test
  void theTableNamesEverySettingWithItsDefault() throws IOException, NoSuchMethodException {
    Map<String, String> inCode = new TreeMap<>();
    collect(BuddydProperties.class, "", inCode);
    assertThat(inCode).containsEntry("preset", "x86_64").containsEntry("limits.owners", "65536");

    assertThat(rows())
        .as("the table under \"Settings\" of README.md against BuddydProperties and Limits")
        .containsExactlyInAnyOrderEntriesOf(inCode);
  }

  @Test
  void everySettingIsExplained() throws IOException {
    for (MatchResult row : table()) {
      assertThat(row.group(3)).as(row.group(1)).hasSizeGreaterThan(10);
    }
  }

  private static void collect(Class<?> type, String prefix, Map<String, String> settings)
      throws NoSuchMethodException {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new);
    Parameter[] parameters = type.getDeclaredConstructor(types).getParameters();
    for (int i = 0; i < components.length; i++) {
      String name = prefix + kebab(components[i].getName());
      if (types[i].isRecord()) {
        collect(types[i], name + ".", settings);
      } else {
        settings.put(name, defaultOf(parameters[i]));
      }
    }
  }

  private static String kebab(String name) {
    return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }

  private static String defaultOf(Parameter parameter) {
    DefaultValue value = parameter.getAnnotation(DefaultValue.class);
    return value == null ? "none" : String.join(", ", List.of(value.value()));
  }

  private static List<MatchResult> table() throws IOException {
    String readme = Files.readString(README);
    int start = readme.indexOf("\n## Settings");
    assertThat(start).isNotNegative();
    int end = readme.indexOf("\n## ", start + 1);
    return ROW.matcher(readme.substring(start, end < 0 ? readme.length() : end)).results().toList();
  }

  private static Map<String, String> rows() throws IOException {
    Map<String, String> rows = new TreeMap<>();
    List<String> twice = new ArrayList<>();
    for (MatchResult row : table()) {
      if (rows.put(row.group(1), row.group(2).replace("`", "")) != null) {
        twice.add(row.group(1));
      }
    }
    assertThat(twice).isEmpty();
    return rows;
  }
}
