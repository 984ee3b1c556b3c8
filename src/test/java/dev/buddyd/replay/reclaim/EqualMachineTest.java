package dev.buddyd.replay.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.buddy.FreeLists;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.replay.json.Field;
import dev.buddyd.replay.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a recorded test's machine is made of. */
class EqualMachineTest {

  @ParameterizedTest
  @CsvSource({"anon.json.gz, DMA32, 1", "anon.json.gz, Normal, 1", "clean.json.gz, Normal, 0"})
  @DisplayName("B-10, B-42 the kernel has one free block of each order, after failed claims none")
  void freeBlocks(String resource, String zoneName, int kernels) throws IOException {
    try (InputStream in = EqualMachineTest.class.getResourceAsStream("/reclaim/" + resource);
        JsonReader reader = new JsonReader(new GZIPInputStream(in), 4_000_000)) {
      reader.enterDocument();
      while (!"tests".equals(reader.nextMember())) {
        reader.skip();
      }
      int zones = 0;
      for (Field field : new Field(reader.value(), "tests").items()) {
        RecordedTest test = RecordedTest.of(field);
        try (EqualMachine machine =
            EqualMachine.of(test, field, true, new SectionBudget(1L << 30))) {
          for (int i = 0; i < test.pressed().zones().size(); i++) {
            ZoneState zone = test.pressed().zones().get(i);
            if (zone.name().equals(zoneName) && zone.reservedHighatomic() == 0) {
              zones++;
              holds(machine.memory().zone(i).buddy().lists(), zone.freeBlocks(), kernels, test);
            }
          }
        }
      }
      assertThat(zones).isGreaterThanOrEqualTo(5);
    }
  }

  private static void holds(FreeLists lists, int[] recorded, int kernels, RecordedTest test) {
    for (int order = 0; order < recorded.length; order++) {
      String where = test.name() + " order " + order;
      assertThat(lists.count(order)).as(where).isEqualTo(recorded[order]);
      assertThat(lists.count(order, MigrateType.UNMOVABLE))
          .as(where)
          .isEqualTo(Math.min(recorded[order], kernels));
    }
  }
}
