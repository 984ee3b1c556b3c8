package dev.buddyd.replay.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.replay.reclaim.ReclaimRecording.Result;
import dev.buddyd.replay.reclaim.TestVerdict.Item;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FidelityTablesTest {

  private static TestVerdict test(String name, Agreement stalls, Agreement granted) {
    return new TestVerdict(
        name,
        stalls.and(granted),
        List.of(
            new Item("allocstall", "1", "2", stalls, ""),
            new Item("granted", "3", "3", granted, "")));
  }

  private static final Result CLEAN =
      new Result(
          "r1-clean",
          List.of(
              test("kernel-o0-low", Agreement.AGREES, Agreement.AGREES),
              test("kernel-o9-min", Agreement.DIFFERS, Agreement.AGREES),
              test("kernel_noretry-o9-min", Agreement.WITHIN_SPREAD, Agreement.AGREES)));

  private static final Result DIRTY =
      new Result(
          "r2-dirty",
          List.of(
              test("kernel-o0-min", Agreement.WITHIN_SPREAD, Agreement.WITHIN_SPREAD),
              test("atomic-o3-min", Agreement.AGREES, Agreement.DIFFERS)));

  private static final String TABLES =
      """
      | recording | tests | agree | within the spread | differ |
      |---|---:|---:|---:|---:|
      | r1-clean | 3 | 1 | 1 | 1 |
      | r2-dirty | 2 | 0 | 1 | 1 |

      | agree/within/differ | order 0 | order 3 | order 9 |
      |---|---:|---:|---:|
      | kernel | 1/1/0 | | 0/0/1 |
      | kernel_noretry | | | 0/1/0 |
      | atomic | | 0/0/1 | |

      | compared | tests | agree | within the spread | differ |
      |---|---:|---:|---:|---:|
      | allocstall | 5 | 2 | 2 | 1 |
      | granted | 5 | 3 | 1 | 1 |

      | differs | recorded and simulated |
      |---|---|
      | r1-clean kernel-o9-min | allocstall 1, 2 |
      | r2-dirty atomic-o3-min | granted 3, 3 |
      """;

  @Test
  void testsAreCountedByRecordingByMaskAndByWhatIsComparedAndThoseThatDifferAreNamed() {
    assertThat(FidelityTables.of(List.of(CLEAN, DIRTY))).isEqualTo(TABLES);
  }

  @Test
  @DisplayName("other recordings can be judged: only rows of those that the file has can be stale")
  void staleness() {
    Result better =
        new Result("r2-dirty", List.of(test("kernel-o0-min", Agreement.AGREES, Agreement.AGREES)));
    Result other = new Result("r77-secret", DIRTY.tests());

    assertThat(FidelityTables.expected(TABLES, List.of(CLEAN, DIRTY))).isEqualTo(TABLES);
    assertThat(FidelityTables.expected(TABLES, List.of(CLEAN))).isEqualTo(TABLES);
    assertThat(FidelityTables.expected(TABLES, List.of(other))).isEqualTo(TABLES);
    assertThat(FidelityTables.expected(TABLES, List.of(better, other)))
        .isEqualTo(TABLES.replace("| r2-dirty | 2 | 0 | 1 | 1 |", "| r2-dirty | 1 | 1 | 0 | 0 |"));
    assertThat(FidelityTables.expected(TABLES, List.of(CLEAN, better)))
        .contains("| allocstall | 4 |");
  }

  @Test
  @DisplayName("the tables of the file are of one making: their sums are equal")
  void theFile() throws IOException {
    String[] tables = FidelityTables.written().split("\n\n", -1);
    assertThat(tables).hasSize(4);

    List<Integer> byRecording =
        sums(tables[0], "\\| r\\S+ \\| \\d+ \\| (\\d+) \\| (\\d+) \\| (\\d+)");
    List<Integer> byMask = sums(tables[1], "(\\d+)/(\\d+)/(\\d+)");

    assertThat(byMask).isEqualTo(byRecording).doesNotContain(0);
    assertThat(tables[3].lines().skip(2)).hasSize(byRecording.get(2)); // those that differ
  }

  private static List<Integer> sums(String table, String cells) {
    int[] sums = new int[3];
    Pattern.compile(cells)
        .matcher(table)
        .results()
        .forEach(
            cell -> {
              for (int i = 0; i < sums.length; i++) {
                sums[i] += Integer.parseInt(cell.group(i + 1));
              }
            });
    return Arrays.stream(sums).boxed().toList();
  }
}
