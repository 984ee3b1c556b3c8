package dev.buddyd.diagnosis.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** No text makes the parser throw, and what it finds is well formed. */
class AnyTextTest {

  private static void parseSoundly(String text) {
    for (KernelReport report : ReportParser.parse(text)) {
      assertThat(report.line()).isPositive();
      for (ZoneFacts zone : report.zones()) {
        FreeList list = zone.freeList();
        if (list != null) {
          for (int i = 1; i < list.entries().size(); i++) {
            assertThat(list.entries().get(i).order())
                .isGreaterThan(list.entries().get(i - 1).order());
          }
        }
      }
    }
  }

  @Test
  void aReportCutAtAnyPosition() {
    for (String text : List.of(Samples.FAILURE_5_10, Samples.OOM_2_6_24)) {
      for (int cut = 0; cut < text.length(); cut += 3) {
        parseSoundly(text.substring(0, cut));
        parseSoundly(text.substring(cut));
      }
    }
  }

  @Property(tries = 200)
  void shuffledAndDoubledLines(@ForAll Random random) {
    List<String> lines =
        new ArrayList<>(Arrays.asList((Samples.FAILURE_5_10 + Samples.OOM_2_6_24).split("\n")));
    lines.addAll(lines.subList(0, random.nextInt(lines.size())));
    Collections.shuffle(lines, random);
    parseSoundly(String.join("\n", lines));
  }

  @Property(tries = 300)
  void anyCharacters(@ForAll @StringLength(max = 400) String text) {
    parseSoundly(text);
    parseSoundly(Samples.OOM_2_6_24.substring(0, 900) + text + Samples.OOM_2_6_24.substring(900));
  }

  @Property(tries = 300)
  void noiseWithinAReport(@ForAll Random random) {
    char[] text = Samples.FAILURE_5_10.toCharArray();
    String pieces = "\n >[](){}=*:0123kBkB\\x\u0000\u2026\u00e9<";
    for (int i = 0; i < 40; i++) {
      text[random.nextInt(text.length)] = pieces.charAt(random.nextInt(pieces.length()));
    }
    parseSoundly(new String(text));
  }

  @Test
  void aLineOfAMegabyte() {
    String blanks = " ".repeat(1 << 20);
    String word = "x".repeat(1 << 20);

    assertThat(ReportParser.parse(Samples.FAILURE_5_10 + word + blanks + Samples.OOM_2_6_24))
        .hasSize(2);
    assertThat(ReportParser.parse("mode:0x1(" + word + " invoked oom-killer: gfp_mask=0x1(" + word))
        .hasSize(1);
    assertThat(ReportParser.parse("Normal: " + "1*4kB ".repeat(1 << 17))).hasSize(1);
  }

  @Test
  void noMoreReportsThanTheLimit() {
    String many =
        "x invoked oom-killer: gfp_mask=0xd0, order=0\n".repeat(ReportParser.MAX_REPORTS + 5);

    assertThat(ReportParser.parse(many)).hasSize(ReportParser.MAX_REPORTS);
  }

  /** Eight megabytes would hold so many zones that nobody could read the answer. */
  @Test
  void noMoreZonesThanTheLimit() {
    StringBuilder many = new StringBuilder();
    for (int report = 0; report < 20; report++) {
      many.append("[    1.000000] x invoked oom-killer: gfp_mask=0xd0, order=0\n");
      for (int node = 0; node < 4096; node++) {
        many.append("[    1.000000] Node ").append(node).append(" DMA free:1kB min:2kB\n");
      }
    }

    assertThat(ReportParser.parse(many.toString())).hasSize(ReportParser.MAX_ZONES / 4096);
  }
}
