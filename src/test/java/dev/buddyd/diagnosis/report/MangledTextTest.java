package dev.buddyd.diagnosis.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What mailers, consoles and log daemons do to a report must not change its facts. */
class MangledTextTest {

  private record Mangling(String name, UnaryOperator<String> way) {}

  private static Stream<Mangling> manglings() {
    return Stream.of(
        new Mangling("quoted", text -> eachLine(text, "> ")),
        new Mangling("quoted deeply", text -> eachLine(text, ">> > ")),
        new Mangling("wrapped by a mailer at 72", text -> wrapAtBlanks(text, 72)),
        new Mangling(
            "wrapped by a mailer at 60 and quoted", text -> eachLine(wrapAtBlanks(text, 60), "> ")),
        new Mangling("broken by a terminal at 80", text -> breakAt(text, 80)),
        new Mangling("broken by a terminal at 72", text -> breakAt(text, 72)),
        new Mangling("broken and quoted", text -> eachLine(breakAt(text, 78), "> ")),
        new Mangling("CR LF", text -> text.replace("\n", "\r\n")),
        new Mangling("escaped by syslog", text -> text.replace("\n", "#012")),
        new Mangling("escaped by the journal", text -> text.replace("\n", "\\x0a")),
        new Mangling("syslog head", text -> eachLine(text, "Apr  1 17:52:58 host kernel: ")),
        new Mangling("journal head", text -> eachLine(text, "Apr 11 17:52:58 host kernel[0]: ")),
        new Mangling(
            "ISO date", text -> eachLine(text, "2020-04-11T17:52:58.1+00:00 host kernel: ")),
        new Mangling("ctime", text -> eachLine(text, "[Sat Apr 11 17:52:58 2020] ")),
        new Mangling("priority", text -> eachLine(text, "<4>")),
        new Mangling("caller", text -> eachLine(text, "[  792.387839][T18074] ")),
        new Mangling("kmsg", text -> eachLine(text, "4,1234,792387839,-,caller=T18074;")),
        new Mangling("facility", text -> eachLine(text, "kern  :warn  : [  792.387839] ")),
        new Mangling(
            "vendor",
            text -> eachLine(text, "07-13 08:41:51.341 <4>[309805.658142s][pid:1361,cpu5,x]")),
        new Mangling(
            "vendor with task",
            text -> eachLine(text, "> <4>[ 6207.637280]  [3:  Binder:9343_3:22875] ")),
        new Mangling(
            "line numbers",
            text -> eachLine(text, "04166 < 4> [   36.172486] [03-19 10:05:52.172] ")),
        new Mangling(
            "time since the line before", text -> eachLine(text, "[  792.387 <  0.000012>] ")),
        new Mangling("relative times", text -> eachLine(text, "[  +0.000012] ")),
        new Mangling(
            "ISO times of dmesg", text -> eachLine(text, "2020-04-11T17:52:58,387839+02:00 ")),
        new Mangling("time of day", text -> eachLine(text, "17:52:58 ")),
        new Mangling(
            "logcat", text -> eachLine(text, "04-11 17:52:58.387     0     0 W kernel  : ")),
        new Mangling("logcat, brief", text -> eachLine(text, "04-11 17:52:58.387  0  0 I ")),
        new Mangling("pod log", text -> eachLine(text, "2020-04-11T17:52:58.387839123Z stdout F ")),
        new Mangling("container log", text -> inObjects(text, "log")),
        new Mangling("journal as JSON", text -> inObjects(text, "MESSAGE")),
        new Mangling("dmesg as JSON", MangledTextTest::inOneDocument),
        new Mangling(
            "dmesg as JSON on one line", text -> inOneDocument(text).replaceAll("\n *", "")),
        new Mangling(
            "a tracker's JSON", text -> "[{\"id\": 7, \"body\": \"" + jsonOf(text) + "\"}]"),
        new Mangling(
            "journal, exported",
            text -> eachLine(text, "__CURSOR=s=1;i=2\nPRIORITY=4\n_TRANSPORT=kernel\nMESSAGE=")),
        new Mangling(
            "journal, verbose",
            text -> eachLine(text, "Sat 2020-04-11 17:52:58.1 CEST [s=1;i=2]\n    MESSAGE=")),
        new Mangling(
            "table of a log search",
            text -> "time,message\n" + inQuotes(text, "\"2020-04-11T17:52:58Z\",\"kernel: ")),
        new Mangling("key=value", text -> inQuotes(text, "level=warn host=h msg=\"")),
        new Mangling("line numbers of grep", text -> numbered(text, ":")),
        new Mangling("context of grep", text -> numbered(text, "-")),
        new Mangling("a diff", text -> eachLine(text, "+")),
        new Mangling("ABRT", text -> eachLine(text, ":")),
        new Mangling("a chat", text -> "bob 10:42\n```" + text.stripTrailing() + "```\n"),
        new Mangling("Markdown", text -> text.replaceAll("([*_\\[\\]<>])", "\\\\$1")),
        new Mangling("stars taken for emphasis", text -> text.replaceAll("(\\d)\\*(\\d)", "$1_$2")),
        new Mangling("written as one string", text -> jsonOf(text).replace("\\n", "\\r\\n")),
        new Mangling("Ansible", text -> "{\n  \"stdout\": \"" + jsonOf(text) + "\"\n}\n"),
        new Mangling("a page's preformatted text", text -> "<pre>" + escaped(text) + "</pre>"),
        new Mangling(
            "a page's table",
            text ->
                escaped(text).replaceAll("(?m)^(.*)$", "<tr><td id=\"L1\">7</td><td>$1</td></tr>")),
        new Mangling(
            "a page's lines",
            text ->
                escaped(text.stripTrailing())
                    .replaceAll("(?m)^(.*)$", "<div class=\"line\"><span>$1</span></div>")),
        new Mangling("escaped for a page", MangledTextTest::escaped),
        new Mangling("a page's source", text -> escaped(text).replace("\n", "<br/>\n")),
        new Mangling("a page on one line", text -> escaped(text).replace("\n", "<br>")),
        new Mangling(
            "colours", text -> eachLine(text, "\u001b[32m[  792.387839] \u001b[0m\u001b[33m")));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#x27;");
  }

  private static String jsonOf(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static String inOneDocument(String text) {
    return text.lines()
        .map(line -> "  {\n    \"pri\": 4,\n    \"msg\": \"" + jsonOf(line) + "\"\n  }")
        .collect(Collectors.joining(",\n", "{\n \"dmesg\": [\n", "\n ]\n}\n"));
  }

  private static String inQuotes(String text, String head) {
    return text.lines().map(line -> head + line + "\"\n").collect(Collectors.joining());
  }

  private static String numbered(String text, String mark) {
    String[] lines = text.split("\n");
    return IntStream.range(0, lines.length)
        .mapToObj(i -> i + 9 + mark + lines[i] + "\n")
        .collect(Collectors.joining());
  }

  private static String inObjects(String text, String member) {
    return text.lines()
        .map(line -> line.replace("\\", "\\\\").replace("\"", "\\\"").replace("<", "\\u003c"))
        .map(line -> "{\"" + member + "\":\"" + line + "\\n\",\"time\":\"2020-04-11T17:52:58Z\"}")
        .collect(Collectors.joining("\n"));
  }

  static Stream<Arguments> cases() {
    return manglings()
        .flatMap(
            m ->
                Stream.of(
                    Arguments.of(m.name() + ", 5.10", Samples.FAILURE_5_10, m.way()),
                    Arguments.of(m.name() + ", 2.6.24", Samples.OOM_2_6_24, m.way())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void factsSurvive(String name, String text, UnaryOperator<String> way) {
    List<KernelReport> plain = ReportParser.parse(text);
    List<KernelReport> mangled = ReportParser.parse(way.apply(text));

    assertThat(facts(mangled)).isEqualTo(facts(plain));
  }

  @Test
  void linesRunTogether() {
    String text = Samples.FAILURE_5_10.replace("\n", " ");

    assertThat(facts(ReportParser.parse(text)))
        .isEqualTo(facts(ReportParser.parse(Samples.FAILURE_5_10)));
  }

  @Test
  void foreignLinesInBetween() {
    String text =
        Samples.FAILURE_5_10.replace(
            "\n[", "\n[  831.897] usb 8-1: new high-speed USB device number 73 using dummy_hcd\n[");

    assertThat(facts(ReportParser.parse(text)))
        .isEqualTo(facts(ReportParser.parse(Samples.FAILURE_5_10)));
  }

  @Test
  void severalReportsOneAfterTheOther() {
    List<KernelReport> reports =
        ReportParser.parse(
            Samples.FAILURE_5_10 + "noise\n" + Samples.OOM_2_6_24 + Samples.FAILURE_5_10);

    assertThat(reports).extracting(KernelReport::task).containsExactly("cat", "Xorg", "cat");
    assertThat(facts(reports.subList(2, 3)))
        .isEqualTo(facts(ReportParser.parse(Samples.FAILURE_5_10)));
  }

  @Test
  void reportsPrintedAtTheSameTimeComeApartByCaller() {
    String first = eachLine(Samples.OOM_2_6_24, "[  1.000000][T1] ");
    String second =
        eachLine(
            Samples.OOM_2_6_24.replace("DMA free:3536kB", "DMA free:3532kB"), "[  1.000000][T2] ");

    List<KernelReport> reports = ReportParser.parse(zip(first, second));

    assertThat(reports).hasSize(2);
    assertThat(reports)
        .extracting(r -> r.zones().getFirst().freeKb())
        .containsExactly(3536L, 3532L);
    assertThat(reports).allSatisfy(r -> assertThat(r.missing()).isEmpty());
  }

  @Test
  void reportsPrintedAtTheSameTimeComeApartWithoutCaller() {
    String first = eachLine(Samples.OOM_2_6_24, "[  1.000000] ");
    String second =
        eachLine(
            Samples.OOM_2_6_24.replace("Normal free:3732kB", "Normal free:3728kB"),
            "[  1.000001] ");

    List<KernelReport> reports = ReportParser.parse(zip(first, second));

    assertThat(reports).hasSize(2);
    assertThat(reports).extracting(r -> r.zones().get(1).freeKb()).containsExactly(3732L, 3728L);
    assertThat(reports).allSatisfy(r -> assertThat(r.missing()).isEmpty());
  }

  /** Viewers of log stores show the newest line on top. */
  @Test
  void linesInReverseOrder() {
    String log =
        eachLine(
            Samples.FAILURE_5_10 + "noise\n" + Samples.OOM_2_6_24, "Feb 19 16:20:13 h kernel: ");
    List<String> lines = new ArrayList<>(log.lines().toList());
    Collections.reverse(lines);
    List<KernelReport> plain = ReportParser.parse(log);

    for (String reversed : List.of(String.join("\n", lines), String.join("\r\n", lines) + "\r\n")) {
      List<KernelReport> turned = ReportParser.parse(reversed);

      assertThat(facts(turned.reversed())).isEqualTo(facts(plain));
      assertThat(turned.getFirst().line()).isLessThan(turned.getLast().line());
      assertThat(lines.get(turned.getFirst().line() - 1)).contains("Xorg invoked oom-killer");
      assertThat(lines.get(turned.getLast().line() - 1)).contains("cat: page allocation failure");
    }
  }

  /** A central syslog holds the lines of many machines, which fail at the same time. */
  @Test
  void reportsOfTwoHostsComeApart() {
    String first = eachLine(Samples.FAILURE_5_10, "Feb 19 16:20:13 db-1 kernel: ");
    String second = eachLine(Samples.OOM_2_6_24, "Feb 19 16:20:13 web.example.org kernel: ");

    List<KernelReport> reports = ReportParser.parse(zip(first, second));

    assertThat(facts(reports))
        .isEqualTo(facts(ReportParser.parse(Samples.FAILURE_5_10 + Samples.OOM_2_6_24)));
  }

  /** BusyBox writes a priority before the tag, which is no host. */
  @Test
  void prioritiesAreNoHosts() {
    String[] lines = Samples.OOM_2_6_24.split("\n");
    StringBuilder log = new StringBuilder();
    for (int i = 0; i < lines.length; i++) {
      log.append("Feb 19 16:20:13 user.").append(i % 2 == 0 ? "warn" : "info");
      log.append(" kernel: ").append(lines[i]).append('\n');
    }

    assertThat(facts(ReportParser.parse(log.toString())))
        .isEqualTo(facts(ReportParser.parse(Samples.OOM_2_6_24)));
  }

  @Test
  void aHeaderWithoutBodyDoesNotTakeTheZonesOfTheNext() {
    String lone = "[  1.000000] lone: page allocation failure: order:2, mode:0x20\n";

    List<KernelReport> reports = ReportParser.parse(lone + Samples.FAILURE_5_10);

    assertThat(reports).extracting(KernelReport::task).containsExactly("lone", "cat");
    assertThat(reports.getFirst().zones()).isEmpty();
    assertThat(reports.get(1).zones()).hasSize(2);
  }

  @Test
  void numbersTornApartByAMailer() {
    String text =
        Samples.OOM_2_6_24
            .replace("lowmem_reserve[]: 0 0 25400 25400", "lowmem_reserve[]: 0 0 25400 25\n400")
            .replace("min:3744kB", "min:37\n44kB")
            .replace(
                "1*1024kB 1*2048kB 0*4096kB = 3536kB", "1*10\n24kB 1*2048kB 0*4096kB = 35\n36kB");

    assertThat(facts(ReportParser.parse(text)))
        .isEqualTo(facts(ReportParser.parse(Samples.OOM_2_6_24)));
  }

  /** Everything but line numbers, and names of the stack, which a broken line may damage. */
  private static List<String> facts(List<KernelReport> reports) {
    return reports.stream()
        .map(
            r ->
                Stream.of(
                            r.kind(),
                            r.task(),
                            r.pid(),
                            r.order(),
                            r.mask(),
                            r.kernel(),
                            r.taint(),
                            r.pageSize(),
                            r.oom(),
                            r.missing())
                        .map(String::valueOf)
                        .collect(Collectors.joining(" "))
                    + r.confinement()
                    + r.totals()
                    + zones(r))
        .toList();
  }

  private static String zones(KernelReport report) {
    return report.zones().stream()
        .map(
            z ->
                "\n"
                    + z.node()
                    + z.zone()
                    + z.values()
                    + z.unreclaimable()
                    + z.lowmemReserve()
                    + z.freeList())
        .collect(Collectors.joining());
  }

  private static String eachLine(String text, String prefix) {
    return Arrays.stream(text.split("\n"))
        .map(line -> prefix + line + "\n")
        .collect(Collectors.joining());
  }

  private static String zip(String first, String second) {
    String[] a = first.split("\n");
    String[] b = second.split("\n");
    StringBuilder zipped = new StringBuilder();
    for (int i = 0; i < Math.max(a.length, b.length); i++) {
      zipped.append(i < a.length ? a[i] + "\n" : "").append(i < b.length ? b[i] + "\n" : "");
    }
    return zipped.toString();
  }

  private static String wrapAtBlanks(String text, int width) {
    StringBuilder wrapped = new StringBuilder();
    for (String line : text.split("\n")) {
      String rest = line;
      while (rest.length() > width && rest.lastIndexOf(' ', width) > 0) {
        int blank = rest.lastIndexOf(' ', width);
        wrapped.append(rest, 0, blank).append('\n');
        rest = rest.substring(blank + 1);
      }
      wrapped.append(rest).append('\n');
    }
    return wrapped.toString();
  }

  private static String breakAt(String text, int width) {
    StringBuilder broken = new StringBuilder();
    for (String line : text.split("\n")) {
      String rest = line;
      while (rest.length() > width) {
        broken.append(rest, 0, width).append('\n');
        rest = rest.substring(width);
      }
      broken.append(rest).append('\n');
    }
    return broken.toString();
  }
}
