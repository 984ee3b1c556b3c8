package dev.buddyd.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The repository's own tests notice every broken rule: {@code ./mvnw -Pmutations test}. With {@code
 * -Dmutations.update=true} the table in {@code docs/fidelity.md} is written; {@code
 * -Dmutations=B-2} tries those whose rule starts so.
 */
@Tag("mutations")
class MutationsTest {

  private static final Path WORK = Path.of("target/mutants");
  private static final Path TABLE = Path.of("docs/fidelity.md");
  private static final String BEGIN = "<!-- mutations -->\n";
  private static final String END = "<!-- /mutations -->";

  private final List<Mutation> mutations = Mutation.list();

  @BeforeAll
  static void folder() throws IOException {
    Files.createDirectories(WORK);
  }

  @Test
  void withoutAMutationNoTestFails() throws Exception {
    try (MutantProcess process = new MutantProcess(WORK.resolve("none"))) {
      assertThat(process.test(-1)).isEqualTo(Mutant.UNNOTICED);
    }
  }

  @Test
  void everyBrokenRuleIsNoticed() throws Exception {
    String wanted = System.getProperty("mutations", "");
    int[] chosen =
        IntStream.range(0, mutations.size())
            .filter(i -> mutations.get(i).rule().startsWith(wanted))
            .toArray();
    String[] noticedBy = run(chosen);
    List<Mutation> unnoticed = new ArrayList<>();
    for (int i = 0; i < chosen.length; i++) {
      if (noticedBy[i].equals(Mutant.UNNOTICED) || noticedBy[i].equals("does not compile")) {
        unnoticed.add(mutations.get(chosen[i]));
      }
    }
    if (Boolean.getBoolean("mutations.update") && wanted.isEmpty()) {
      write(noticedBy);
    }
    assertThat(unnoticed).as("mutations that no test notices").isEmpty();
  }

  private String[] run(int[] chosen) throws Exception {
    AtomicInteger next = new AtomicInteger();
    String[] noticedBy = new String[chosen.length];
    int processes = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 4);
    List<Callable<Void>> runs = new ArrayList<>();
    for (int p = 0; p < processes; p++) {
      Path folder = WORK.resolve("process-" + p);
      runs.add(
          () -> {
            try (MutantProcess process = new MutantProcess(folder)) {
              for (int i = next.getAndIncrement(); i < chosen.length; i = next.getAndIncrement()) {
                long start = System.nanoTime();
                noticedBy[i] = process.test(chosen[i]);
                long millis = (System.nanoTime() - start) / 1_000_000;
                System.out.printf(
                    "%5d ms  %s: %s%n", millis, mutations.get(chosen[i]), noticedBy[i]);
              }
            }
            return null;
          });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(processes)) {
      for (Future<Void> run : threads.invokeAll(runs)) {
        run.get();
      }
    }
    return noticedBy;
  }

  private static String shown(String test) {
    return test.replaceFirst("\\[\\d+] file = src/test/resources/recordings/", "")
        .replace("|", "\\|");
  }

  private void write(String[] noticedBy) throws IOException {
    StringBuilder table = new StringBuilder(BEGIN);
    table.append("| rule | broken | noticed first by |\n|---|---|---|\n");
    for (int i = 0; i < noticedBy.length; i++) {
      Mutation mutation = mutations.get(i);
      table.append(
          "| %s | %s | %s |\n".formatted(mutation.rule(), mutation.title(), shown(noticedBy[i])));
    }
    String text = Files.readString(TABLE);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    assertThat(begin).as("%s has %s", TABLE, BEGIN).isNotNegative().isLessThan(end);
    Files.writeString(TABLE, text.substring(0, begin) + table + text.substring(end));
  }
}
