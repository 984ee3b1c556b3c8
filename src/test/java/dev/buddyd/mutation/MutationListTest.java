package dev.buddyd.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The list of mutations fits the sources; {@link MutationsTest} runs it. */
class MutationListTest {

  @Test
  void everyMutationBreaksTextThatIsThereOnce() {
    for (Mutation mutation : Mutation.list()) {
      assertThat(mutation.source()).as("%s", mutation).exists();
      assertThat(mutation.occurrences())
          .as("%s: mutations.txt must have the text of the source, once", mutation)
          .isEqualTo(1);
      assertThat(mutation.changed()).as("%s", mutation).isNotEqualTo(mutation.original());
    }
  }

  @Test
  void everyMutationNamesAnExistingRule() throws IOException {
    Set<String> rules =
        Files.readAllLines(Path.of("docs/rules.txt")).stream()
            .map(line -> line.split("\\s", 2)[0])
            .collect(Collectors.toSet());
    for (Mutation mutation : Mutation.list()) {
      assertThat(rules).as("%s", mutation).contains(mutation.rule());
    }
  }

  @Test
  void noMutationIsThereTwice() {
    Set<String> seen = new HashSet<>();
    for (Mutation mutation : Mutation.list()) {
      assertThat(seen.add(mutation.file() + mutation.original() + " -> " + mutation.changed()))
          .as("%s", mutation)
          .isTrue();
    }
    assertThat(seen).hasSizeGreaterThanOrEqualTo(40);
  }
}
