package dev.buddyd.api.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.config.Limits;
import dev.buddyd.mm.frame.SectionBudget;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.mock.env.MockEnvironment;

class IdTableTest {

  private final SectionBudget budget = new SectionBudget(1 << 24);

  private IdTable table(int ids) {
    MockEnvironment settings =
        new MockEnvironment().withProperty("buddyd.limits.operation-ids", String.valueOf(ids));
    return new IdTable(Binder.get(settings).bindOrCreate("buddyd.limits", Limits.class), budget);
  }

  private static byte[] bytes(String id) {
    return id.getBytes(StandardCharsets.UTF_8);
  }

  private static int find(IdTable table, String id) {
    return table.find(bytes(id), 0, bytes(id).length);
  }

  private static int add(IdTable table, String id, long pfn) {
    byte[] text = bytes(id);
    table.admit(1, text, 0, text.length);
    return table.add(text, 0, text.length, pfn, 2 * pfn);
  }

  @Test
  void agreesWithAMapUnderRandomUse() {
    IdTable table = table(3_000);
    Map<String, Long> model = new HashMap<>();
    Random random = new Random(7);
    for (int i = 0; i < 200_000; i++) {
      String id = "x".repeat(random.nextInt(20)) + random.nextInt(200);
      int at = find(table, id);
      assertThat(at >= 0).isEqualTo(model.containsKey(id));
      if (at >= 0) {
        assertThat(table.pfn(at)).isEqualTo(model.get(id));
        assertThat(table.sequence(at)).isEqualTo(2 * table.pfn(at));
        table.remove(at);
        model.remove(id);
      } else if (model.size() < 2_990) {
        add(table, id, i);
        model.put(id, (long) i);
      }
      assertThat(table.size()).isEqualTo(model.size());
    }
    model.forEach((id, pfn) -> assertThat(table.pfn(find(table, id))).isEqualTo(pfn));
    table.close();
    assertThat(budget.remainingBytes()).isEqualTo(1 << 24);
  }

  @Test
  void endsAtItsLimitOfPages() {
    IdTable table = table(10);
    for (int i = 0; i < 4; i++) {
      add(table, "id" + i, i);
    }
    byte[] text = bytes("bulk");
    table.admit(6, text, 0, text.length);
    int bulk = table.add(text, 0, text.length, 9, 9);
    table.setPages(bulk, new long[6], new long[6]);
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> add(table, "one too many", 1))
        .satisfies(
            e ->
                assertThat(e.members())
                    .containsEntry("limit_name", "buddyd.limits.operation-ids")
                    .containsEntry("limit", 10L));
    table.remove(find(table, "bulk"));
    table.admit(6, text, 0, text.length);
    table.remove(find(table, "id0"));
    table.admit(7, text, 0, text.length);
  }

  @Test
  void endsWhereTheBudgetEnds() {
    IdTable table = table(1_000_000);
    budget.takeBytes(budget.remainingBytes() - 10_000);
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(
            () -> {
              for (int i = 0; i < 1_000; i++) {
                add(table, "id" + i, i);
              }
            })
        .satisfies(e -> assertThat(e.type().slug()).isEqualTo("frame-table-exhausted"));
    assertThat(table.size()).isBetween(50, 999);
    assertThat(find(table, "id0")).isNotNegative();
  }
}
