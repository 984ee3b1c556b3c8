package dev.buddyd.replay.reclaim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.replay.json.Field;
import dev.buddyd.replay.json.JsonReader;
import dev.buddyd.replay.json.RecordingException;
import dev.buddyd.replay.reclaim.ReclaimRecording.Result;
import dev.buddyd.replay.reclaim.TestVerdict.Item;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recordings of memory running out, made again. */
class ReclaimRecordingTest {

  private static Result run(InputStream text) {
    SectionBudget budget = new SectionBudget(1L << 30);
    try (JsonReader in = new JsonReader(text, 4_000_000)) {
      Result result = ReclaimRecording.run(in, budget, done -> {});
      assertThat(budget.remainingBytes()).isEqualTo(budget.limitBytes());
      return result;
    }
  }

  private static String inflated(String resource) {
    try (InputStream in = ReclaimRecordingTest.class.getResourceAsStream("/reclaim/" + resource);
        GZIPInputStream text = new GZIPInputStream(in)) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Result run(String text) {
    return run(stream(text));
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String differing(Result result) {
    return result.tests().stream()
        .filter(t -> t.agreement() == Agreement.DIFFERS)
        .map(t -> t.name() + " " + t.items())
        .collect(Collectors.joining("\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"clean.json.gz", "anon.json.gz"})
  @DisplayName("what real kernels did, happens here within their own spread")
  void agrees(String resource) {
    Result result = run(inflated(resource));
    assertThat(result.tests()).hasSizeGreaterThanOrEqualTo(8);
    assertThat(differing(result)).isEmpty();
  }

  @Test
  @DisplayName("endless requests, OOM kills and counts of stalls are what they were, exactly")
  void exact() {
    Result result = run(inflated("anon.json.gz"));
    for (TestVerdict test : result.tests()) {
      for (Item item : test.items()) {
        if (List.of("endless", "oom_kills", "granted", "kswapd_ran").contains(item.name())) {
          assertThat(item.simulated())
              .as(test.name() + " " + item.name())
              .isEqualTo(item.recorded());
        }
      }
    }
    assertThat(result.tests())
        .filteredOn(t -> t.name().equals("noio-o3-min"))
        .flatExtracting(TestVerdict::items)
        .anyMatch(i -> i.name().equals("endless") && i.simulated().equals("true"));
  }

  @Test
  @DisplayName("a recording that tells another story differs")
  void lies() {
    String text = inflated("anon.json.gz");
    String more = text.replace("[-1,-1,", "[576,0,");
    assertThat(more).isNotEqualTo(text);
    assertThat(run(more).count(Agreement.DIFFERS)).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"multiGenLru\":true | \"multiGenLru\":7 | machine.multiGenLru",
        "\"name\":\"DMA\" | \"name\":\"Low\" | tests[0].pressed.zones[0].name",
        "\"managed\":3840 | \"managed\":-1 | tests[0].pressed.zones[0].managed",
        "\"nrFree\":[ | \"nrFree\":[7, | tests[0].pressed.zones[0].nrFree",
        "\"asked\":200 | \"asked\":-1 | tests[0].asked",
        "\"gfp\": | \"gfq\": | tests[0].gfp",
        "\"requests\":[[-1,-1, | \"requests\":[[-1,-1,- | tests[1].requests[0]",
        "\"allocstall\" | \"allocstalls\" | tests[0].requestColumns",
        "\"requests\":[[ | \"requests\":[[1, | tests[0].requests[0]",
        "\"nr_inactive_anon\": | \"nr_inactive_anon\":9 | tests[0].pressed.zones"
      })
  @DisplayName("broken recordings are refused at the place")
  void broken(String right, String wrong, String field) {
    String text = inflated("anon.json.gz");
    assertThat(text).contains(right);
    String broken = text.replace(right, wrong);
    assertThatThrownBy(() -> run(broken))
        .isInstanceOfSatisfying(
            RecordingException.class,
            e -> {
              assertThat(e.field()).isEqualTo(field);
              assertThat(e.line()).isPositive();
            });
  }

  @Test
  @DisplayName("R-32 what compaction was put off before is told by its first deferral in the trace")
  void deferrals() {
    String line = "init-1 [000] .N... 38.8: mm_compaction_%s\",\n";
    String trace =
        ("\"trace\":[\"" + line.formatted("try_to_compact_pages: order=9 gfp_mask=GFP_KERNEL"))
            + ("\"" + line)
                .formatted(
                    "deferred: node=0 zone=Normal   order=9 order_failed=4 consider=3 limit=16")
            + ("\"" + line)
                .formatted(
                    "deferred: node=0 zone=Normal   order=9 order_failed=4 consider=4 limit=16")
            + "\""
            + line.formatted("end: zone_start=0x1").replace(",\n", "]");
    String text = inflated("anon.json.gz").replace("\"trace\":[]", trace);
    try (JsonReader in = new JsonReader(stream(text), 4_000_000)) {
      in.enterDocument();
      while (!"tests".equals(in.nextMember())) {
        in.skip();
      }
      RecordedTest test = RecordedTest.of(new Field(in.value(), "tests").items().getFirst());
      List<ZoneState> zones = test.pressed().zones();
      assertThat(test.deferral(zones.getLast())).containsExactly(2, 4, 4);
      assertThat(test.deferral(zones.getFirst())).as("DMA").containsExactly(0, 0, 11);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zone=Normal   order=9 order_failed=9 consider=1 limit=3",
        "zone=Normal   order=9 order_failed=9 consider=0 limit=4",
        "zone=Normal   order=9 order_failed=9 consider=5 limit=4",
        "zone=Normal   order=9 order_failed=12 consider=1 limit=4",
        "zone=Normal   order=9 order_failed=9 consider=1 limit=128",
        "zone=Normal   order=9 order_failed=9 consider=99999999999999999999 limit=4",
        "zone=Normal   order=9"
      })
  @DisplayName("R-32 a deferral that cannot be is refused at its line")
  void impossibleDeferrals(String event) {
    String line = "init-1 [000] ..... 38.8: mm_compaction_deferred: node=0 " + event;
    String text = inflated("anon.json.gz").replace("\"trace\":[]", "\"trace\":[\"" + line + "\"]");
    assertThatThrownBy(() -> run(text))
        .isInstanceOfSatisfying(
            RecordingException.class, e -> assertThat(e.field()).isEqualTo("tests[0].trace[0]"));
  }

  @Test
  @Tag("recordings")
  @EnabledIfSystemProperty(named = "recordings", matches = ".+")
  @DisplayName("all of a folder: -Drecordings=DIR prints a table, -Dfidelity.update=true writes it")
  void folder() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("recordings")))) {
      files = all.filter(f -> f.toString().endsWith(".json.gz")).sorted().toList();
    }
    List<Result> results = new ArrayList<>();
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file)) {
        byte[] text = new GZIPInputStream(in).readAllBytes();
        if (!new String(text, 0, 100, StandardCharsets.UTF_8).contains(ReclaimRecording.FORMAT)) {
          continue;
        }
        Result result = run(new ByteArrayInputStream(text));
        print(result);
        if (!result.tests().isEmpty()) {
          results.add(result);
        }
      }
    }
    System.out.print(FidelityTables.of(results));
    if (Boolean.getBoolean("fidelity.update")) {
      FidelityTables.write(results);
    }
    long tests = results.stream().mapToLong(result -> result.tests().size()).sum();
    long differ = results.stream().mapToLong(result -> result.count(Agreement.DIFFERS)).sum();
    assertThat(differ).as("of %d tests", tests).isLessThanOrEqualTo(tests / 10);
    String written = FidelityTables.written();
    assertThat(written)
        .as("%s: write it anew with -Dfidelity.update=true", FidelityTables.FILE)
        .isEqualTo(FidelityTables.expected(written, results));
  }

  private static void print(Result result) {
    StringBuilder text = new StringBuilder();
    text.append("| ").append(result.name()).append(" | ").append(result.tests().size());
    for (Agreement agreement : Agreement.values()) {
      text.append(" | ").append(result.count(agreement));
    }
    text.append(" |\n");
    for (TestVerdict test : result.tests()) {
      text.append("  ").append(test.name()).append(' ').append(test.agreement());
      for (Item item : test.items()) {
        if (item.agreement() != Agreement.AGREES) {
          text.append(item.agreement() == Agreement.DIFFERS ? " !" : " ~")
              .append(item.name())
              .append(' ')
              .append(item.recorded())
              .append("->")
              .append(item.simulated());
        }
      }
      text.append('\n');
    }
    System.out.print(text);
  }
}
