package dev.buddyd.diagnosis.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.report.ReportParser;
import dev.buddyd.mm.gfp.DecodedMask;
import dev.buddyd.mm.gfp.GfpMask;
import dev.buddyd.mm.gfp.KernelVersion;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory that was shown by hand (SysRq-m), and questions that are put to the memory of reports. */
class ShownMemoryTest {

  private static final String BLOCK =
      """
      Mem-Info:
      Node 0 DMA32 free:90064kB min:4000kB low:5000kB high:6000kB present:400000kB managed:390000kB
      lowmem_reserve[]: 0 500 500
      Node 0 Normal free:1000kB min:4000kB low:5000kB high:6000kB present:400000kB managed:390000kB
      lowmem_reserve[]: 0 0 0
      Node 0 DMA32: 0*4kB 250*8kB (U) 0*16kB 0*32kB 0*64kB 0*128kB 0*256kB 0*512kB 0*1024kB \
      43*2048kB (M) 0*4096kB = 90064kB
      Node 0 Normal: 250*4kB (U) 0*8kB 0*16kB 0*32kB 0*64kB 0*128kB 0*256kB 0*512kB 0*1024kB \
      0*2048kB 0*4096kB = 1000kB
      """;

  private static final String FAILURE =
      """
      cat: page allocation failure: order:10, mode:0xcc0(GFP_KERNEL), nodemask=(null)
      CPU: 1 PID: 321 Comm: cat Not tainted 5.10.2 #1
      """;

  private static List<ReportVerdict> all(String text) {
    return Diagnoser.diagnose(text).reports();
  }

  private static ReportVerdict ask(String text, String gfp, int order) {
    KernelReport report = ReportParser.parse(text).getFirst();
    return Questions.ask(
        report, DecodedMask.of(GfpMask.parse(gfp)), order, KernelVersion.REFERENCE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sysrq: Show Memory\n",
        "sysrq: SysRq : Show Memory\n",
        "SysRq : Show Memory\n",
        "[    1.500000] sysrq: Show Memory\n",
        "<6>SysRq: Show Memory\n"
      })
  void shownByHandNothingFailed(String head) {
    List<ReportVerdict> verdicts = all(head + BLOCK);

    assertThat(verdicts).hasSize(1);
    ReportVerdict verdict = verdicts.getFirst();
    assertThat(verdict.kind()).isEqualTo("show-memory");
    assertThat(verdict.cause()).isEqualTo(Cause.UNKNOWN);
    assertThat(verdict.confidence()).isEqualTo(Confidence.HIGH);
    assertThat(verdict.sentence())
        .contains("no request failed", "Node 0 Normal (free 1000 kB, min 4000 kB)");
    assertThat(verdict.missing()).containsExactly("kernel");
    assertThat(verdict.remedies()).isEmpty();
    assertThat(verdict.zones())
        .extracting(ZoneVerdict::sentence)
        .containsExactly(
            "Node 0 DMA32: 90064 kB free, above its high mark (min 4000, low 5000, high 6000);"
                + " the largest free block is order 9 (2048 kB).",
            "Node 0 Normal: 1000 kB free, not above its min mark (min 4000, low 5000, high 6000);"
                + " the largest free block is order 0 (4 kB).");
    assertThat(verdict.zones())
        .allMatch(zone -> !zone.eligible() && "no-request".equals(zone.excludedBy()));
    assertThat(DiagnosisText.of(verdict)).startsWith("line 1: show-memory\nThe memory was shown");
  }

  @Test
  void nothingIsBelowItsMark() {
    assertThat(all("sysrq: Show Memory\n" + BLOCK.replace("free:1000", "free:5500")).getFirst())
        .satisfies(
            verdict -> {
              assertThat(verdict.sentence()).contains("Every zone is above its min mark");
              assertThat(verdict.zones().get(1).sentence())
                  .contains("between its low and its high mark");
            });
  }

  @Test
  void wordsAloneAreNoReport() {
    assertThat(all("Press SysRq : Show Memory and send what it prints.\n")).isEmpty();
    assertThat(all("Show Memory\n")).isEmpty();
  }

  @Test
  void eachReportKeepsItsOwnZones() {
    String later = BLOCK.replace("free:1000kB", "free:2000kB");

    assertThat(
            all("sysrq: Show Memory\n" + BLOCK + FAILURE + later + "sysrq: Show Memory\n" + BLOCK))
        .extracting(ReportVerdict::kind, verdict -> verdict.zones().get(1).freeKb())
        .containsExactly(tuple("show-memory", 1000L), tuple("alloc-failure", 2000L));
    assertThat(all("sysrq: Show Memory\n" + BLOCK + "sysrq: Show Memory\n" + later))
        .as("two states are not one")
        .hasSize(2);
  }

  @Test
  void aQuestionIsPutToTheMemoryOfAReport() {
    ReportVerdict small = ask(FAILURE + BLOCK, "GFP_KERNEL", 1);
    ReportVerdict large = ask(FAILURE + BLOCK, "GFP_KERNEL", 10);

    assertThat(small.kind()).isEqualTo("question");
    assertThat(small.task()).isNull();
    assertThat(small.sentence()).startsWith("Node 0 DMA32 serves order 1 (8 kB)");
    assertThat(small.confidence()).isEqualTo(Confidence.HIGH);
    assertThat(large.cause()).isEqualTo(Cause.FRAGMENTATION);
    assertThat(large.confidence()).isEqualTo(Confidence.HIGH);
    assertThat(DiagnosisText.of(small))
        .contains("\ngranted (confidence high)\nNode 0 DMA32 serves");
    assertThat(DiagnosisText.of(large)).contains("\nrefused: fragmentation (confidence high)\n");
    assertThat(small.notes()).isEmpty();
    assertThat(ask("sysrq: Show Memory\n" + BLOCK, "GFP_KERNEL", 1).notes())
        .containsExactly("The text does not name its kernel: the rules of 6.12 were applied.");
  }

  @Test
  void aZoneThatTheTextHidesMayHaveHadRoom() {
    String cut = BLOCK.replaceAll("Node 0 Normal.*\n(lowmem_reserve.*\n)?", "");

    ReportVerdict refused = ask(FAILURE + cut, "GFP_KERNEL", 10);

    assertThat(refused.confidence()).isEqualTo(Confidence.LOW);
    assertThat(refused.notes()).anyMatch(note -> note.contains("does not show Node 0 Normal"));
    assertThat(ask(FAILURE + cut, "GFP_KERNEL", 0).confidence()).isNotEqualTo(Confidence.LOW);
  }

  @Test
  void aReportWithoutItsHeaderIsNotCalledAnOom() {
    assertThat(DiagnosisText.of(all(BLOCK).getFirst()))
        .startsWith("line 1: a report without its header\n");
  }

  /** Kernel 2.4 names neither task nor its lists; only the state of the zones can be told. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "__alloc_pages: 3-order allocation failed (gfp=0x1d2/0)\n",
        "__alloc_pages: 3-order allocation failed (gfp=0x1d2/1) from c012e052\n",
        "__alloc_pages: 3-order allocation failed (gfp=0x1d2/0).\n",
        "Nov  2 11:29:07 ps2 kernel: __alloc_pages: 3-order\nallocation failed (gfp=0x1d2/0)\n"
      })
  void aFailureOfKernel24IsNamedAndNotJudged(String line) {
    List<ReportVerdict> verdicts = all(line.repeat(3));

    assertThat(verdicts).hasSize(1);
    ReportVerdict verdict = verdicts.getFirst();
    assertThat(verdict.count()).isEqualTo(3);
    assertThat(verdict.kind()).isEqualTo("alloc-failure");
    assertThat(verdict.order()).isEqualTo(3);
    assertThat(verdict.kernel()).isEqualTo("2.4");
    assertThat(verdict.gfpMask()).as("its bits are not known").isNull();
    assertThat(verdict.cause()).isEqualTo(Cause.UNKNOWN);
    assertThat(verdict.confidence()).isEqualTo(Confidence.LOW);
    assertThat(verdict.sentence()).contains("kernel 2.4, mask 0x1d2:", "before 2.6");
  }

  @Test
  void aFailureOfKernel24WithoutMask() {
    assertThat(all("__alloc_pages: 0-order allocation failed.\n").getFirst())
        .satisfies(
            verdict -> {
              assertThat(verdict.missing()).contains("gfp_mask");
              assertThat(verdict.sentence()).startsWith("This is a report of a kernel 2.4:");
            });
    assertThat(all("__alloc_pages: 0-order allocation succeeded\n")).isEmpty();
  }

  @Test
  void theMemoryOfKernel24() {
    String block =
        """
        Mem-info:
        Free pages:       66612kB (  4424kB HighMem)
        Zone:DMA freepages:  4848kB min:   128kB low:   256kB high:   384kB
        Zone:Normal freepages:940kB min:  1020KB low:  2040kB high:  3060kB
        Zone:HighMem freepages:     0kB min:     0kB low:     0kB high:     0kB
        ( Active: 160155, inactive: 58253, free: 16653 )
        124*4kB 98*8kB 41*16kB 13*32kB 3*64kB 0*128kB 1*256kB 0*512kB 0*1024kB 1*2048kB = 4848kB)
        = 0kB)
        262128 pages of RAM
        """;
    ReportVerdict shown =
        all("Linux version 2.4.27 (gcc)\nSysRq : Show Memory\n" + block).getFirst();
    ReportVerdict alone = all(block).getFirst();

    assertThat(shown.kernel()).isEqualTo("2.4.27");
    assertThat(shown.missing()).isEmpty();
    assertThat(shown.sentence())
        .contains("no request failed", "Node 0 Normal (free 940 kB, min 1020 kB)")
        .doesNotContain("?gfp=");
    assertThat(shown.zones().getFirst().sentence())
        .isEqualTo("Node 0 DMA: 4848 kB free, above its high mark (min 128, low 256, high 384).");
    assertThat(alone.kernel()).isEqualTo("2.4");
    assertThat(alone.confidence()).isEqualTo(Confidence.LOW);
    assertThat(alone.sentence()).contains("before 2.6", "Below their min mark: Node 0 Normal");
  }
}
