package dev.buddyd.diagnosis.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.gfp.DecodedMask;
import dev.buddyd.mm.gfp.GfpMask;
import dev.buddyd.mm.gfp.KernelVersion;
import dev.buddyd.procfs.parse.ProcReader;
import org.junit.jupiter.api.Test;

class ProcQuestionTest {
  private static final String ZONEINFO =
      """
      Node 0, zone      DMA
        pages free     200
              min      50
              low      60
              high     70
              present  4000
              managed  3840
              protection: (0, 500, 500)
      Node 0, zone   Normal
        pages free     1000
              boost    0
              min      400
              low      500
              high     600
              spanned  100000
              present  100000
              managed  90000
              cma      100
              protection: (0, 0, 0)
            nr_free_cma  64
      Node 0, zone  Movable
        pages free     0
              present  0
              managed  0
              protection: (0, 0, 0)
      """;

  private static final String BUDDYINFO =
      """
      Node 0, zone      DMA      200      0      0      0      0
      Node 0, zone   Normal      136    400      0      0      4
      """;

  private static final String PAGETYPEINFO =
      """
      Page block order: 3
      Node    0, zone   Normal, type    Unmovable      100      400      0      0      0
      Node    0, zone   Normal, type   HighAtomic       36        0      0      0      0
      Node    0, zone   Normal, type          CMA        0        0      0      0      4
      Number of blocks type     Unmovable   HighAtomic   CMA
      Node 0, zone   Normal            3            5     7
      """;

  private static ReportVerdict ask(String text, String gfp, int order) {
    return Questions.ask(
        ProcReader.read(text), DecodedMask.of(GfpMask.parse(gfp)), order, KernelVersion.REFERENCE);
  }

  @Test
  void withoutMarksNothingIsSaidOfSmallerOrders() {
    assertThat(ask(BUDDYINFO, "GFP_KERNEL", 4).remedies())
        .noneMatch(remedy -> remedy.change().startsWith("order="));
    assertThat(ask(ZONEINFO, "GFP_KERNEL", 4).remedies())
        .noneMatch(remedy -> remedy.change().equals("order=0"));
  }

  @Test
  void answersWithEveryTerm() {
    ReportVerdict verdict = ask(BUDDYINFO + ZONEINFO + PAGETYPEINFO, "GFP_KERNEL", 4);

    assertThat(verdict.kind()).isEqualTo("question");
    assertThat(verdict.cause()).isEqualTo(Cause.CMA_ONLY);
    ZoneVerdict normal = verdict.zones().get(1);
    assertThat(normal.cmaKb()).isEqualTo(256);
    assertThat(normal.highatomicKb()).isEqualTo(160);
    assertThat(normal.usableKb()).isEqualTo(4000 - 256 - 160 - 60);
    assertThat(normal.largestOrder()).isEqualTo(1);
    assertThat(verdict.zones().getFirst().reserveKb()).isEqualTo(2000);
    assertThat(verdict.highestZone()).isEqualTo("Normal");
    assertThat(verdict.largestOrder()).isEqualTo(1);
  }

  @Test
  void saysSoWhenItWouldBeGranted() {
    ReportVerdict verdict = ask(BUDDYINFO + ZONEINFO + PAGETYPEINFO, "GFP_KERNEL", 1);

    assertThat(verdict.sentence()).startsWith("Node 0 Normal serves order 1 (8 kB): ");
    assertThat(verdict.severity()).isEqualTo("none: it would be granted");
    assertThat(verdict.remedies()).isEmpty();
  }

  @Test
  void anImpossibleOrder() {
    String orders = BUDDYINFO.replace("\n", "      0      0      0      0      0      0\n");

    assertThat(ask(orders + ZONEINFO, "GFP_KERNEL", 11).cause()).isEqualTo(Cause.ORDER_TOO_LARGE);
  }

  @Test
  void withoutZoneinfoOnlyTheListsAnswer() {
    ReportVerdict verdict = ask(BUDDYINFO, "GFP_KERNEL", 3);

    assertThat(verdict.confidence()).isEqualTo(Confidence.MEDIUM);
    assertThat(verdict.missing()).containsExactly("zoneinfo");
    assertThat(verdict.zones().get(1).blockOk()).isTrue();
    assertThat(verdict.zones().get(1).watermarkOk()).isNull();
  }

  @Test
  void withoutBuddyinfoTheTypesAreSummedUp() {
    ReportVerdict verdict = ask(ZONEINFO + PAGETYPEINFO, "GFP_KERNEL", 0);

    assertThat(verdict.zones().get(1).blocks())
        .containsExactly(
            new BlocksOfOrder(0, 136, "UH", true),
            new BlocksOfOrder(1, 400, "U", true),
            new BlocksOfOrder(2, 0, "", false),
            new BlocksOfOrder(3, 0, "", false),
            new BlocksOfOrder(4, 4, "C", false));
  }

  @Test
  void ofFilesThatComeAgainTheLastMomentCounts() {
    String now = BUDDYINFO + ZONEINFO + PAGETYPEINFO;
    String before =
        now.replace(" 136 ", " 9 ").replace("free     1000", "free 5").replace(" 5     7", " 1 1");

    assertThat(ask(before + now, "GFP_KERNEL", 4)).isEqualTo(ask(now, "GFP_KERNEL", 4));
    assertThat(ask(PAGETYPEINFO + PAGETYPEINFO, "GFP_KERNEL", 0))
        .isEqualTo(ask(PAGETYPEINFO, "GFP_KERNEL", 0));
  }

  @Test
  void thePageSizeFollowsFromMemTotal() {
    long managed = 3840 + 90_000;
    for (int kb : new int[] {4, 16, 64}) {
      String meminfo = "MemTotal:       %8d kB\nMemFree: 9 kB\n".formatted(managed * kb);

      assertThat(ask(meminfo + ZONEINFO + BUDDYINFO, "GFP_KERNEL", 0).pageSizeKb()).isEqualTo(kb);
      assertThat(ask(ZONEINFO + BUDDYINFO + meminfo, "GFP_KERNEL", 0).pageSizeKb()).isEqualTo(kb);
    }
    String other = "MemTotal: 7 kB\nNode 1 MemTotal: 1501440 kB\n";
    assertThat(ask(other + ZONEINFO + BUDDYINFO, "GFP_KERNEL", 0).pageSizeKb()).isEqualTo(4);
  }

  @Test
  void zoneinfoAlonePromisesNoBlock() {
    ReportVerdict verdict = ask(ZONEINFO, "GFP_KERNEL", 2);

    assertThat(verdict.sentence()).contains("free lists are not shown");
    assertThat(verdict.severity()).doesNotContain("granted");
    assertThat(verdict.missing()).containsExactly("buddyinfo");
    assertThat(verdict.confidence()).isEqualTo(Confidence.MEDIUM);
    assertThat(ask(ZONEINFO, "GFP_KERNEL", 0).severity()).contains("granted");
  }
}
