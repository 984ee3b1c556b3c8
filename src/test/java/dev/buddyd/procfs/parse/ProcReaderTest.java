package dev.buddyd.procfs.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcReaderTest {
  private static final String BUDDYINFO =
      """
      Node 0, zone      DMA      0      0      0      0      0      1      1      1      0      1      3\s
      Node 0, zone    DMA32   5372   2099    821    419    112    156     78     52     38     21      4\s
      """;

  private static final String PAGETYPEINFO =
      """
      Page block order: 9
      Pages per block:  512

      Free pages count per migrate type at order       0      1      2      3\s
      Node    0, zone      DMA, type    Unmovable      0      0      0      0\s
      Node    0, zone      DMA, type      Movable      1 >100000     2      3\s
      Node    0, zone    DMA32, type   HighAtomic      1      2 > 100000      3\s

      Number of blocks type     Unmovable      Movable  Reclaimable   HighAtomic          CMA      Isolate\s
      Node 0, zone      DMA            1            7            0            0            0            0\s
      Node 0, zone    DMA32          171          309           24            0            0            0\s
      """;

  private static final String ZONEINFO_5_14 =
      """
      Node 0, zone      DMA
        per-node stats
            nr_inactive_anon 15830
            nr_mapped    11146
        pages free     3808
              boost    0
              min      190
              low      237
              high     284
              spanned  4095
              present  3998
              managed  3840
              cma      0
              protection: (0, 756, 756, 756, 756)
            nr_free_pages 3808
            nr_bounce    0
            numa_hit     1
        pagesets
          cpu: 0
                    count: 0
                    high:  237
                    batch: 1
                    high_min: 2
                    high_max: 900
        vm stats threshold: 2
          cpu: 1
                    count: 5
                    high:  236
                    batch: 1
        vm stats threshold: 2
        node_unreclaimable:  0
        start_pfn:           1
      Node 0, zone   Normal
        pages free     0
              boost    0
              min      0
              low      0
              high     0
              spanned  0
              present  0
              managed  0
              cma      0
              protection: (0, 0, 0, 0, 0)
      """;

  private static final String ZONEINFO_2_6 =
      """
      Node 0, zone      DMA
        pages free     5410
              min      181
              low      226
              high     271
              active   367
              inactive 720
              scanned  0 (a: 0 i: 0)
              spanned  8192
              present  8192
              protection: (0, 0, 0, 0)
        pagesets
          cpu: 0 pcp: 0
                    count: 2
                    high:  6
                    batch: 1
          cpu: 0 pcp: 1
                    count: 0
                    high:  2
                    batch: 1
        all_unreclaimable: 0
        prev_priority:     12
        start_pfn:         196608
      """;

  @Test
  @DisplayName("T-1: buddyinfo")
  void readsBuddyinfo() {
    ProcFacts facts = ProcReader.read(BUDDYINFO);

    assertThat(facts.buddyinfo())
        .containsExactly(
            new BuddyRow(0, "DMA", List.of(0L, 0L, 0L, 0L, 0L, 1L, 1L, 1L, 0L, 1L, 3L)),
            new BuddyRow(
                0, "DMA32", List.of(5372L, 2099L, 821L, 419L, 112L, 156L, 78L, 52L, 38L, 21L, 4L)));
    assertThat(facts.zones()).isEmpty();
  }

  @Test
  @DisplayName("T-5: pagetypeinfo, with counts that are lower bounds")
  void readsPagetypeinfo() {
    ProcFacts facts = ProcReader.read(PAGETYPEINFO);

    assertThat(facts.pageBlockOrder()).isEqualTo(9);
    assertThat(facts.pageTypes())
        .containsExactly(
            new PageTypeRow(0, "DMA", "Unmovable", List.of(0L, 0L, 0L, 0L), false),
            new PageTypeRow(0, "DMA", "Movable", List.of(1L, 100_000L, 2L, 3L), true),
            new PageTypeRow(0, "DMA32", "HighAtomic", List.of(1L, 2L, 100_000L, 3L), true));
    assertThat(facts.pageBlocks()).hasSize(2);
    assertThat(facts.pageBlocks().get(1).blocks())
        .containsEntry("Unmovable", 171L)
        .containsEntry("Movable", 309L)
        .containsEntry("Reclaimable", 24L);
    assertThat(facts.buddyinfo()).isEmpty();
  }

  @Test
  @DisplayName("T-5: the order of the types before 4.4")
  void readsTheOldOrderOfTypes() {
    ProcFacts facts =
        ProcReader.read(
            """
            Page block order: 10
            Node    0, zone   Normal, type  Reclaimable      2      0      1
            Node    0, zone   Normal, type      Reserve      0      0      1
            Number of blocks type     Unmovable  Reclaimable      Movable      Reserve      Isolate
            Node 0, zone   Normal           14            4          101            1            0
            """);

    assertThat(facts.pageTypes())
        .extracting(PageTypeRow::type)
        .containsExactly("Reclaimable", "Reserve");
    assertThat(facts.pageBlocks().getFirst().blocks())
        .containsExactly(
            Map.entry("Unmovable", 14L),
            Map.entry("Reclaimable", 4L),
            Map.entry("Movable", 101L),
            Map.entry("Reserve", 1L),
            Map.entry("Isolate", 0L));
  }

  @Test
  @DisplayName("T-10: zoneinfo, with an unpopulated zone and limits of newer kernels")
  void readsZoneinfo() {
    ProcFacts facts = ProcReader.read(ZONEINFO_5_14);

    assertThat(facts.nodeStats()).containsOnlyKeys(0);
    assertThat(facts.nodeStats().get(0)).containsEntry("nr_mapped", 11146L);
    assertThat(facts.zones()).hasSize(2);
    ZoneRow dma = facts.zones().getFirst();
    assertThat(dma.page("free")).isEqualTo(3808);
    assertThat(dma.page("boost")).isZero();
    assertThat(dma.page("min")).isEqualTo(190);
    assertThat(dma.page("high")).isEqualTo(284);
    assertThat(dma.page("cma")).isZero();
    assertThat(dma.page("promo")).isNull();
    assertThat(dma.managed()).isEqualTo(3840);
    assertThat(dma.protection()).containsExactly(0L, 756L, 756L, 756L, 756L);
    assertThat(dma.counters())
        .containsExactly(
            Map.entry("nr_free_pages", 3808L),
            Map.entry("nr_bounce", 0L),
            Map.entry("numa_hit", 1L));
    assertThat(dma.pagesets())
        .containsExactly(
            new PagesetRow(0, 0L, 237L, 1L, 2L, 900L), new PagesetRow(1, 5L, 236L, 1L, null, null));
    assertThat(dma.trailer())
        .containsEntry("start_pfn", 1L)
        .containsEntry("node_unreclaimable", 0L)
        .containsEntry("vm stats threshold", 2L);
    assertThat(dma.isPopulated()).isTrue();
    assertThat(facts.zones().get(1).isPopulated()).isFalse();
    assertThat(facts.zones().get(1).pagesets()).isEmpty();
  }

  @Test
  @DisplayName("T-11 and older: zoneinfo of 2.6 with two pagesets per CPU")
  void readsOldZoneinfo() {
    ZoneRow zone = ProcReader.read(ZONEINFO_2_6).zones().getFirst();

    assertThat(zone.page("scanned")).isZero();
    assertThat(zone.page("high")).isEqualTo(271);
    assertThat(zone.managed()).isEqualTo(8192);
    assertThat(zone.pagesets())
        .containsExactly(
            new PagesetRow(0, 2L, 6L, 1L, null, null), new PagesetRow(0, 0L, 2L, 1L, null, null));
    assertThat(zone.trailer())
        .containsEntry("start_pfn", 196608L)
        .containsEntry("prev_priority", 12L);
  }

  @Test
  void readsSeveralFilesInOneTextInAnyOrder() {
    ProcFacts all =
        ProcReader.read(ZONEINFO_5_14 + PAGETYPEINFO + "==> buddyinfo <==\n" + BUDDYINFO);
    ProcFacts turned = ProcReader.read(BUDDYINFO + PAGETYPEINFO + BUDDYINFO + ZONEINFO_5_14);

    assertThat(all.buddyinfo()).isEqualTo(ProcReader.read(BUDDYINFO).buddyinfo());
    assertThat(all.pageTypes()).isEqualTo(ProcReader.read(PAGETYPEINFO).pageTypes());
    assertThat(all.pageBlocks()).isEqualTo(ProcReader.read(PAGETYPEINFO).pageBlocks());
    assertThat(all.zones()).isEqualTo(ProcReader.read(ZONEINFO_5_14).zones());
    assertThat(turned.buddyinfo()).hasSize(4);
    assertThat(turned.zones()).isEqualTo(all.zones());
  }

  @Test
  void vmstatBehindZoneinfoIsNotMistakenForIt() {
    ProcFacts facts = ProcReader.read(ZONEINFO_5_14 + "nr_free_pages 4711\nnr_mlock 12\n");

    assertThat(facts.zones()).isEqualTo(ProcReader.read(ZONEINFO_5_14).zones());
  }

  @Test
  void aDamagedLineCostsNoMoreThanItself() {
    ProcFacts facts = ProcReader.read(ZONEINFO_5_14.replace("nr_mapped    11146", "537792"));

    assertThat(facts.zones()).isEqualTo(ProcReader.read(ZONEINFO_5_14).zones());
    assertThat(facts.nodeStats().get(0)).containsOnlyKeys("nr_inactive_anon");
  }

  @Test
  @DisplayName(
      "T-5: block rows and buddyinfo with the same number of columns come apart by their zone")
  void tellsBlockRowsFromShortBuddyinfo() {
    ProcFacts facts =
        ProcReader.read(
            """
            Number of blocks type     Unmovable      Movable
            Node 0, zone   Normal           14            4
            Node 0, zone   Normal      1      2
            """);

    assertThat(facts.pageBlocks()).hasSize(1);
    assertThat(facts.buddyinfo()).containsExactly(new BuddyRow(0, "Normal", List.of(1L, 2L)));
  }

  @Property(tries = 300)
  void acceptsAnyText(@ForAll String text, @ForAll int cut) {
    String all = ZONEINFO_5_14 + PAGETYPEINFO + BUDDYINFO + ZONEINFO_2_6;
    int at = Math.floorMod(cut, all.length());

    ProcFacts facts = ProcReader.read(all.substring(0, at) + text + all.substring(at));

    assertThat(facts.isEmpty()).isFalse();
    ProcReader.read(text);
    ProcReader.read(all.substring(at));
  }

  @Test
  void findsNothingElsewhere() {
    assertThat(ProcReader.read("Node 0, zone\nNode x, zone DMA 1 2\nfree: 3\n").isEmpty()).isTrue();
    assertThat(ProcReader.read("Node 0, zone DMA " + "1 ".repeat(1 << 20)).isEmpty()).isTrue();
  }

  private static final String ALL = BUDDYINFO + PAGETYPEINFO + ZONEINFO_5_14;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Mar 11 10:22:30 host dump[77]: ",
        "2024-03-11T10:22:33.120+01:00 ",
        "[1234.5] ",
        "node-1  | ",
        "> ",
        "\u001b[32m",
        "\ufeff"
      })
  void headsOfLogsAndMarksOfTerminals(String head) {
    String text = ALL.lines().map(line -> head + line + "\n").collect(Collectors.joining());

    assertThat(rows(ProcReader.read(text))).isEqualTo(rows(ProcReader.read(ALL)));
  }

  @Test
  void otherDigitsInTheHeadAreTheSameHead() {
    AtomicInteger second = new AtomicInteger(10);
    String text =
        ALL.lines()
            .map(line -> "Mar 11 10:22:" + second.incrementAndGet() % 60 + " h x: " + line + "\n")
            .map(line -> line.replaceFirst(":(\\d) ", ":0$1 "))
            .collect(Collectors.joining());

    assertThat(rows(ProcReader.read(text))).isEqualTo(rows(ProcReader.read(ALL)));
  }

  @Test
  void blanksOfAPageAndLinesOfWindows() {
    String text = "\ufeff" + ALL.replace("  ", "\u00a0 ").replace("\n", "\r\n");

    assertThat(rows(ProcReader.read(text))).isEqualTo(rows(ProcReader.read(ALL)));
  }

  /** All that was read, but for the lines where it stood. */
  private static List<Object> rows(ProcFacts facts) {
    return List.of(
        facts.buddyinfo(),
        facts.zones(),
        facts.nodeStats(),
        facts.pageTypes(),
        facts.pageBlocks(),
        String.valueOf(facts.pageBlockOrder()));
  }

  @Test
  void rowsThatAMailProgramBrokeAreWhole() {
    String broken =
        (BUDDYINFO + PAGETYPEINFO)
            .replaceAll("( +[0-9]+ +[0-9]+) *\n", "\n$1\n")
            .replace("HighAtomic          CMA", "\nHighAtomic          CMA")
            .replaceAll("(?m)^", "> > ");

    ProcFacts facts = ProcReader.read(broken);

    assertThat(broken.lines().count()).isGreaterThan((BUDDYINFO + PAGETYPEINFO).lines().count());
    ProcFacts whole = ProcReader.read(BUDDYINFO + PAGETYPEINFO);
    assertThat(facts.buddyinfo()).isEqualTo(whole.buddyinfo());
    assertThat(facts.pageTypes()).isEqualTo(whole.pageTypes());
    assertThat(facts.pageBlocks()).isEqualTo(whole.pageBlocks());
  }

  @Test
  void filesInTheStringsOfAJsonDocumentAreFound() {
    String json =
        "{\"host\": \"h\", \"buddyinfo\": \""
            + BUDDYINFO.replace("\n", "\\n")
            + "\",\n \"zoneinfo\": \""
            + ZONEINFO_5_14.replace("\n", "\\n")
            + "\"}\n";

    ProcFacts facts = ProcReader.read(json);
    ProcFacts plain = ProcReader.read(BUDDYINFO + ZONEINFO_5_14);

    assertThat(facts.buddyinfo()).isEqualTo(plain.buddyinfo());
    assertThat(facts.zones()).isEqualTo(plain.zones());
  }

  @Test
  void linesLeftOutDoNotEndAZone() {
    String abridged =
        ZONEINFO_5_14
            .replaceFirst("(?m)^ +nr_mapped.*$", "...")
            .replaceFirst("(?m)^ +cma.*$", "[...]");

    assertThat(ProcReader.read(abridged).zones().getFirst().protection())
        .isEqualTo(ProcReader.read(ZONEINFO_5_14).zones().getFirst().protection())
        .isNotEmpty();
  }

  @Test
  void filesInAMailAsItTravelled() {
    String mail = BUDDYINFO.replace(" \n", "=20\n") + ZONEINFO_5_14.replace(" ", "=20");

    assertThat(ProcReader.read(mail).buddyinfo()).isEqualTo(ProcReader.read(BUDDYINFO).buddyinfo());
    assertThat(ProcReader.read(mail).zones()).isEqualTo(ProcReader.read(ZONEINFO_5_14).zones());
  }
}
