package dev.buddyd.diagnosis.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The work per text, counted in looks and characters and not in time: twice the text, twice. */
class ParserWorkTest {

  /** Looks and copied characters per character of the text; every scanner asks for each token. */
  private static final int MAX_PER_CHARACTER = 60;

  private static final int TIMES = 2000;

  private static long work(String text) {
    long work = 0;
    for (TokenStream tokens : TokenTable.streams(Envelope.open(text), done -> {})) {
      List<Fact> facts = new ArrayList<>();
      FactScanner.scan(tokens, facts, done -> {});
      work += tokens.work();
    }
    return work;
  }

  static Stream<String> pieces() {
    return Stream.of(
        Samples.FAILURE_5_10,
        "Node 0 Normal: ",
        "Node 0 Normal:",
        "1*4kB ",
        "1*4kB (U",
        "free:1",
        "free:1\n",
        "mode:0x1(",
        "mode:0x1(A\n",
        "gfp_mask=\n",
        "A|\n",
        "=\n1\n",
        "page allocation failure: order:",
        "x invoked oom-killer: gfp_mask=0x1(",
        "lowmem_reserve[]: 1 ",
        "1 ",
        "1\n",
        "a",
        "Call Trace:\n f+0x1/0x2\n",
        " f+0x1/0x2 ",
        "CPU: 1 PID: ",
        "oom-kill:constraint=",
        "task_memcg=/a,",
        "memory: usage 1kB, limit ",
        "[ 1.0][T1] ",
        "<4>",
        "> ",
        "Jan 1 00:00:00 host kernel: ",
        "#012",
        "\\x0a",
        "\r",
        "\t",
        "{\"log\":\"",
        "&amp;",
        "<br",
        "(",
        "\u2026");
  }

  @ParameterizedTest
  @MethodSource("pieces")
  void growsWithTheText(String piece) {
    int times = Math.max(1, TIMES * 8 / Math.max(8, piece.length()));
    String text = piece.repeat(times);
    String twice = piece.repeat(2 * times);

    assertThat(work(twice)).isLessThanOrEqualTo(work(text) * 9 / 4 + 10_000);
    assertThat(work(twice)).isLessThanOrEqualTo((long) MAX_PER_CHARACTER * twice.length() + 10_000);
  }

  @ParameterizedTest
  @MethodSource("pieces")
  void growsWithARepeatedLineWithinAReport(String piece) {
    int times = Math.max(1, TIMES * 8 / Math.max(8, piece.length()));
    String rest = "\n" + Samples.OOM_2_6_24;
    String twice = Samples.FAILURE_5_10 + (piece + "\n").repeat(2 * times) + rest;

    assertThat(work(twice)).isLessThanOrEqualTo((long) MAX_PER_CHARACTER * twice.length());
  }
}
