package dev.buddyd.diagnosis.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Texts that are no whole report: the answer says what is missing, and invents no cause. */
class MessyTextTest {

  private static final String ZONE =
      "Node 0 Normal free:1000kB min:4000kB low:5000kB high:6000kB reserved_highatomic:0KB"
          + " active_anon:7kB present:400000kB managed:390000kB mlocked:0kB free_cma:0kB\n"
          + "lowmem_reserve[]: 0 0 0\n"
          + "Node 0 Normal: 250*4kB (U) 0*8kB 0*16kB 0*32kB 0*64kB 0*128kB 0*256kB 0*512kB"
          + " 0*1024kB 0*2048kB 0*4096kB = 1000kB\n";

  private static final String HEADER =
      "cat: page allocation failure: order:2, mode:0xcc0(GFP_KERNEL),"
          + " nodemask=(null),cpuset=/,mems_allowed=0\n"
          + "CPU: 1 PID: 321 Comm: cat Not tainted 5.10.2 #1\nMem-Info:\n";

  private static ReportVerdict only(String text) {
    List<ReportVerdict> verdicts = Diagnoser.diagnose(text).reports();
    assertThat(verdicts).as(text).hasSize(1);
    return verdicts.getFirst();
  }

  @Test
  void aHeaderAloneIsNoCause() {
    ReportVerdict verdict = only(HEADER);

    assertThat(verdict.cause()).isEqualTo(Cause.UNKNOWN);
    assertThat(verdict.missing()).contains("zones");
    assertThat(verdict.remedies()).as("nothing is known of the memory").isEmpty();
  }

  @Test
  void anOomLineAloneIsNoCause() {
    for (String line :
        List.of(
            "Out of memory: Killed process 9 (java) total-vm:1kB, anon-rss:1kB, file-rss:0kB\n",
            "Out of memory: Kill process 9 (java) score 900 or sacrifice child\n")) {
      for (ReportVerdict verdict : Diagnoser.diagnose(line).reports()) {
        assertThat(verdict.cause()).as(line).isEqualTo(Cause.UNKNOWN);
      }
    }
  }

  @Test
  void theLastLineOfAMemcgOomNamesTheLimit() {
    ReportVerdict verdict =
        only(
            "Memory cgroup out of memory: Killed process 9 (java) total-vm:1kB, anon-rss:1kB,"
                + " file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:24kB oom_score_adj:0\n");

    assertThat(verdict.cause()).isEqualTo(Cause.MEMCG_LIMIT);
  }

  @Test
  void aMemcgKillBehindAFailureLeavesItsCause() {
    List<ReportVerdict> verdicts =
        Diagnoser.diagnose(
                HEADER
                    + ZONE
                    + "Memory cgroup out of memory: Killed process 9 (java) total-vm:1kB\n")
            .reports();

    assertThat(verdicts.getFirst().cause()).isEqualTo(Cause.BELOW_WATERMARK);
    assertThat(verdicts).last().extracting(ReportVerdict::cause).isEqualTo(Cause.MEMCG_LIMIT);
  }

  @Test
  void bytesThatAreNotTextAndLostTabs() {
    String dirty = (HEADER + ZONE).replace("active_anon:7kB", "active\uFFFDan\u0000on:7kB");

    assertThat(only(dirty).cause()).isEqualTo(Cause.BELOW_WATERMARK);
    assertThat(only((HEADER + ZONE).replace(" ", "\t")).cause()).isEqualTo(Cause.BELOW_WATERMARK);
  }

  @Test
  void thisNodeLeavesOpenWhichNodeWasAsked() {
    String two = ZONE.replace("Node 0", "Node 1").replace("free:1000kB", "free:90000kB");
    String text =
        HEADER
                .replace("0xcc0(GFP_KERNEL)", "0x200cc0(GFP_KERNEL|__GFP_THISNODE)")
                .replace("mems_allowed=0", "mems_allowed=0-1")
            + ZONE
            + two.replace("0*4096kB = 1000kB", "22*4096kB (M) = 91112kB");

    ReportVerdict verdict = only(text);

    assertThat(verdict.notes()).anyMatch(note -> note.contains("__GFP_THISNODE"));
    assertThat(verdict.confidence()).isNotEqualTo(Confidence.HIGH);
  }

  @Test
  void thisNodeIsNoCertainVerdictOnSeveralNodes() {
    String text =
        HEADER
                .replace("0xcc0(GFP_KERNEL)", "0x200cc0(GFP_KERNEL|__GFP_THISNODE)")
                .replace("mems_allowed=0", "mems_allowed=0-1")
            + ZONE
            + ZONE.replace("Node 0", "Node 1");

    assertThat(only(text).cause()).isEqualTo(Cause.BELOW_WATERMARK);
    assertThat(only(text).confidence()).isEqualTo(Confidence.MEDIUM);
    assertThat(only(HEADER + ZONE).confidence()).isEqualTo(Confidence.HIGH);
  }

  @Test
  void withoutFreeListsNoBlockIsPromised() {
    String zone = ZONE.substring(0, ZONE.lastIndexOf("Node 0")).replace("free:1000", "free:90000");

    ReportVerdict verdict = only(HEADER + zone);

    assertThat(verdict.cause()).isEqualTo(Cause.UNKNOWN);
    assertThat(verdict.missing()).contains("free lists of Node 0 Normal");
    assertThat(verdict.sentence())
        .contains("90000 free less 12 of the block itself", "free lists are not shown")
        .doesNotContain("Nothing is wrong");
    assertThat(only(HEADER.replace("order:2", "order:0") + zone).sentence())
        .contains("Nothing is wrong");
  }

  /**
   * The list of a zone whose marks were cut out shows that it had no block, not that it needed one.
   */
  @Test
  void aZoneWithoutItsMarksIsNoCertainCause() {
    String lists = ZONE.substring(ZONE.lastIndexOf("Node 0 Normal"));
    String text = HEADER + ZONE.replace("Normal", "DMA32") + lists;

    assertThat(only(text).missing()).contains("zone line of Node 0 Normal");
    assertThat(only(text).confidence()).isEqualTo(Confidence.LOW);
    assertThat(only(HEADER + lists).confidence()).isEqualTo(Confidence.MEDIUM);
  }

  @Test
  void aKillInAMemoryCgroupIsItsLimitWhateverTheZonesShow() {
    for (String killed :
        List.of(
            "Memory cgroup out of memory: Killed process 9 (java) total-vm:1kB, anon-rss:1kB\n",
            "Memory cgroup out of memory: Kill process 9 (java) score 900 or sacrifice child\n",
            "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,"
                + "oom_memcg=/pod7,task_memcg=/pod7/c,task=java,pid=9,uid=0\n",
            """
            Task in /pod7/c killed as a result of limit of /pod7
            memory: usage 9007199254740988kB, limit 9007199254740988kB, failcnt 3
            """)) {
      ReportVerdict verdict =
          only(
              "java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n"
                  + "CPU: 1 PID: 9 Comm: java Not tainted 5.10.2 #1\n"
                  + killed);

      assertThat(verdict.cause()).as(killed).isEqualTo(Cause.MEMCG_LIMIT);
      assertThat(verdict.confidence()).as(killed).isEqualTo(Confidence.HIGH);
    }
  }

  @Test
  void numbersOfALargeMachine() {
    String large =
        ZONE.replace("free:1000kB min:4000kB", "free:3221225468kB min:3221225472kB")
            .replace(
                "present:400000kB managed:390000kB", "present:17179869184kB managed:17179869180kB")
            .replace("250*4kB (U)", "805306367*4kB (U)")
            .replace("= 1000kB", "= 3221225468kB");

    ReportVerdict verdict = only(HEADER + large);

    assertThat(verdict.cause()).isEqualTo(Cause.BELOW_WATERMARK);
    assertThat(verdict.zones().getFirst().usableKb()).isEqualTo(3221225468L - 12);
    assertThat(verdict.largestOrder()).isNull();
  }

  @Test
  void listsThatDoNotAddUpWereDamagedOnTheirWay() {
    ReportVerdict verdict = only(HEADER + ZONE.replace("250*4kB", "25*4kB"));

    assertThat(verdict.notes()).anyMatch(note -> note.contains("do not come to their total"));
    assertThat(verdict.confidence()).isEqualTo(Confidence.MEDIUM);
    assertThat(only(HEADER + ZONE).notes()).noneMatch(note -> note.contains("total"));
  }

  /** The mask of a lower zone's own reserve is not shown: it may have kept the request out. */
  @Test
  void aLowerZoneWithoutItsReserveLineServesNobodyForCertain() {
    String lower =
        "Node 0 DMA32 free:90000kB min:4000kB low:5000kB high:6000kB present:900000kB"
            + " managed:890000kB\n";
    String upper = ZONE.replace("lowmem_reserve[]: 0 0 0\n", "");

    ReportVerdict verdict = only(HEADER.replace("order:2", "order:0") + lower + upper);

    assertThat(verdict.cause()).isEqualTo(Cause.BELOW_WATERMARK);
    assertThat(verdict.confidence()).isEqualTo(Confidence.LOW);
    assertThat(verdict.sentence()).startsWith("Node 0 Normal is below the watermark");
    assertThat(verdict.zones()).extracting(ZoneVerdict::watermarkOk).containsExactly(null, false);
    assertThat(only(HEADER.replace("order:2", "order:0") + lower).sentence())
        .contains("whether its lowmem_reserve[] kept order 0 (4 kB) out");
  }

  @Test
  void zonesThatTheReservesGiveAwayAreMissed() {
    String dma =
        ZONE.replace("Normal", "DMA").replace("lowmem_reserve[]: 0 0 0", "lowmem_reserve[]: 0 9 9");

    assertThat(only(HEADER + dma).notes()).anyMatch(note -> note.contains("Node 0 Normal"));
    assertThat(only(HEADER + dma).confidence()).isEqualTo(Confidence.LOW);
    assertThat(only(HEADER + dma.replace("0 9 9", "0 0 0")).confidence())
        .isEqualTo(Confidence.HIGH);
  }

  @Test
  void nodesOfTheCpusetAreMissedInATextThatWasCut() {
    String two = HEADER.replace("mems_allowed=0", "mems_allowed=0-1");

    assertThat(only(two + ZONE).notes()).anyMatch(note -> note.contains("Node 1"));
    assertThat(only(two + ZONE).confidence()).isEqualTo(Confidence.LOW);
    assertThat(only(two + ZONE + "90 total pagecache pages\n").confidence())
        .isEqualTo(Confidence.HIGH);
  }

  /** Kernels before 2.6.13 told the mask alone; if a page is refused, so is anything larger. */
  @Test
  void anOldOomReportWithoutOrder() {
    String old = "host oom-killer: gfp_mask=0xd0\n";
    String zone = ZONE.replace("Node 0 ", "");

    ReportVerdict refused = only(old + zone);
    ReportVerdict passing = only(old + zone.replace("min:4000kB", "min:400kB"));

    assertThat(refused.task()).isNull();
    assertThat(refused.order()).isNull();
    assertThat(refused.cause()).isEqualTo(Cause.BELOW_WATERMARK);
    assertThat(refused.confidence()).isEqualTo(Confidence.MEDIUM);
    assertThat(passing.cause()).isEqualTo(Cause.UNKNOWN);
    assertThat(passing.sentence()).contains("does not show the order");
  }

  @Test
  void withoutHeaderTheZonesBelowTheirMarkAreNamed() {
    assertThat(only(ZONE).sentence())
        .startsWith("The header is missing")
        .contains("Below their min mark: Node 0 Normal (free 1000 kB, min 4000 kB).");
    assertThat(only(ZONE.replace("min:4000", "min:400")).sentence()).doesNotContain("Below");
  }

  @Test
  void theLimitOfACgroupAloneIsAReport() {
    ReportVerdict usage =
        only(
            """
            memory: usage 1048576kB, limit 1048576kB, failcnt 153
            Memory cgroup stats for /kubepods/pod7/c1:
            anon 1062739968
            """);

    assertThat(usage.cause()).isEqualTo(Cause.MEMCG_LIMIT);
    assertThat(usage.sentence()).startsWith("Memory cgroup /kubepods/pod7/c1 was at its limit");
    assertThat(usage.remedies().getFirst().sentence())
        .contains("now 1048576 kB", "resources.limits.memory");
    assertThat(Diagnoser.diagnose("Why Memory cgroup out of memory, and when?").reports())
        .isEmpty();
  }

  @Test
  void aTornPathOfACgroupIsMended() {
    String task = "Task in /a/pod12/c34 killed as a result of limit of ";

    for (String torn :
        List.of("/a/pod12/c\n34\n", "/a/po\nd12/c34\n", "/a/pod12/c34\nmemory: usage")) {
      assertThat(only(task + torn).sentence()).startsWith("Memory cgroup /a/pod12/c34 was");
    }
    assertThat(only(task + "/a\n/pod12\n").sentence()).startsWith("Memory cgroup /a was");
  }

  @Test
  void aVmallocRequestWithoutAddressesIsNotAboutZones() {
    String failed =
        "insmod: vmalloc error: size 16384, vm_struct allocation failed, mode:0xcc0(GFP_KERNEL),"
            + " nodemask=(null),cpuset=/,mems_allowed=0\n";

    assertThat(only(failed).sentence()).contains("no range of addresses");
    assertThat(only(failed).cause()).isEqualTo(Cause.UNKNOWN);
    assertThat(only(failed + ZONE).cause()).isEqualTo(Cause.BELOW_WATERMARK);
  }

  /** 3/8 of 6 pages are 3 (12 kB), not 9 kB: the sentence must not contradict itself. */
  @Test
  void fractionsOfSmallMarksAreToldInWholePages() {
    String small = ZONE.replace("free:1000kB min:4000kB", "free:12kB min:24kB");
    String atomic =
        HEADER.replace("order:2, mode:0xcc0(GFP_KERNEL)", "order:0, mode:0xa20(GFP_ATOMIC)");

    assertThat(only(atomic + small).sentence())
        .contains("12 kB usable is not above 12 kB (min 24, of which 3/8", "in whole pages");
  }

  /** Each piece of a line that is printed in pieces got a record of its own in the journal. */
  @Test
  void listsInPiecesAreReadAsOne() {
    String pieces =
        """
        Normal free:1000kB min:400kB low:5000kB high:6000kB present:400000kB managed:390000kB
        lowmem_reserve[]:
         0
         0
         0
        Node 0
        Normal:
        250*4kB
        (UM)
        0*8kB
        0*16kB
        = 1000kB
        1234 total pagecache pages
        """;
    String journal =
        (HEADER + "Node 0\n" + pieces).replaceAll("(?m)^", "Feb 19 16:20:13 h kernel: ");

    ReportVerdict verdict = only(journal);

    assertThat(verdict.missing()).isEmpty();
    assertThat(verdict.cause()).isEqualTo(Cause.FRAGMENTATION);
    assertThat(verdict.confidence()).isEqualTo(Confidence.HIGH);
    assertThat(verdict.zones().getFirst().largestOrder()).isZero();
  }

  /** V-11 until 5.7: the preferred zone is the highest that exists, shown or not. */
  @Test
  void theReserveAgainstTheHiddenPreferredZoneCounts() {
    String dma =
        """
        DMA free:2332kB min:36kB low:44kB high:52kB present:16000kB
        lowmem_reserve[]: 0 600 600
        """;

    ReportVerdict verdict =
        only("squid invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0\n" + dma);

    assertThat(verdict.cause()).isEqualTo(Cause.LOWMEM_RESERVE);
    assertThat(verdict.confidence()).isEqualTo(Confidence.LOW);
    assertThat(verdict.sentence()).contains("2332 kB usable is not above 2436 kB");
  }

  /** A number that is inferred, because its line was cut, is no ground for certainty. */
  @Test
  void aCutZoneLineIsNoCertainGround() {
    String cut = ZONE.replaceFirst("active_anon.*\n", "...\n");

    for (String text : List.of(cut, ZONE.replace("lowmem_reserve[]: 0 0 0\n", ""))) {
      assertThat(only(HEADER + text).cause()).isEqualTo(Cause.BELOW_WATERMARK);
      assertThat(only(HEADER + text).confidence()).isEqualTo(Confidence.MEDIUM);
    }
  }

  /** V-17: other nodes have no zone that such a mask may use, so that none is printed. */
  @Test
  void nodesWithoutAZoneOfTheMaskAreNotMissed() {
    String dma =
        HEADER
            .replace("0xcc0(GFP_KERNEL)", "0xcc1(GFP_KERNEL|GFP_DMA)")
            .replace("mems_allowed=0", "mems_allowed=0-7");
    String zone = ZONE.replace("Normal", "DMA").replace("[]: 0 0 0", "[]: 0 0 0 0 0");

    for (String kernel : List.of("5.14.21-150400.22-default", "6.1.0")) {
      ReportVerdict verdict = only(dma.replace("5.10.2", kernel) + zone);
      assertThat(verdict.notes()).as(kernel).isEmpty();
      assertThat(verdict.confidence()).as(kernel).isEqualTo(Confidence.HIGH);
    }
    assertThat(only(dma + zone).notes()).anyMatch(note -> note.contains("Node 7"));
  }

  @Test
  void aHeaderWithoutZonesIsToldSo() {
    assertThat(only(HEADER).sentence()).contains("does not hold the lines of the zones");
  }

  /** Less than one block in all is no matter of fragments. */
  @Test
  void listsThatComeToLessThanTheBlockAreTooLittleMemory() {
    String lists = ZONE.substring(ZONE.lastIndexOf("Node 0 Normal"));

    ReportVerdict large = only(HEADER.replace("order:2", "order:8") + lists);

    assertThat(large.cause()).isEqualTo(Cause.BELOW_WATERMARK);
    assertThat(large.sentence()).contains("whatever its mark: its blocks come to 1000 kB");
    assertThat(only(HEADER.replace("order:2", "order:7") + lists).cause())
        .isEqualTo(Cause.FRAGMENTATION);
  }

  /** What the head counts is what the zones hold: lines of two reports give themselves away. */
  @Test
  void zonesThatTheHeadDoesNotCountAreNoCertainGround() {
    String head = "active_anon:1 inactive_anon:2\n free:%d free_pcp:0 free_cma:0\n";

    assertThat(only(HEADER + head.formatted(250) + ZONE).confidence()).isEqualTo(Confidence.HIGH);
    assertThat(only(HEADER + head.formatted(2000) + ZONE).confidence()).isEqualTo(Confidence.HIGH);
    ReportVerdict lost = only(HEADER + head.formatted(9000) + ZONE);
    assertThat(lost.confidence()).isEqualTo(Confidence.LOW);
    assertThat(lost.notes())
        .anyMatch(n -> n.contains("1000 kB free, the head of the block counts"));
    assertThat(only(HEADER.replace("5.10.2", "6.1.0") + head.formatted(9000) + ZONE).confidence())
        .as("V-17: zones above the mask are not printed")
        .isEqualTo(Confidence.HIGH);
    String more = ZONE.replace("free:1000kB min:4000kB", "free:90000kB min:400000kB");
    assertThat(only(HEADER + head.formatted(250) + more).confidence()).isEqualTo(Confidence.LOW);
  }

  /** Two CPUs at once: which zones are whose is a guess, but for a log that names who printed. */
  @Test
  void reportsThatOverlapAreNoCertainGround() {
    String other = HEADER.replace("cat:", "dog:").replace("order:2", "order:0");
    String later =
        ZONE.replace("free:1000kB", "free:996kB")
            .replace("= 1000kB", "= 996kB")
            .replace("250*", "249*");
    String tail = "7 pages RAM\n";
    String one = HEADER.replace("Mem-Info:\n", "");
    String two = other.replace("Mem-Info:\n", "");
    for (String blocks :
        List.of(
            "Mem-Info:\nMem-Info:\n" + ZONE + later + tail,
            "Mem-Info:\n" + ZONE + tail + "Mem-Info:\n" + later + tail)) {
      List<ReportVerdict> verdicts = Diagnoser.diagnose(one + two + blocks).reports();

      assertThat(verdicts).extracting(ReportVerdict::task).containsExactly("cat", "dog");
      assertThat(verdicts).allMatch(verdict -> verdict.cause() == Cause.BELOW_WATERMARK);
      assertThat(verdicts).allMatch(verdict -> verdict.confidence() == Confidence.LOW);
      assertThat(verdicts).allMatch(v -> v.notes().stream().anyMatch(n -> n.contains("same time")));
    }
    assertThat(Diagnoser.diagnose(one + other + ZONE).reports())
        .as("the first header stands alone")
        .extracting(ReportVerdict::confidence)
        .containsExactly(Confidence.LOW, Confidence.HIGH);
    assertThat(Diagnoser.diagnose(HEADER + ZONE + tail + other + ZONE).reports())
        .extracting(ReportVerdict::confidence)
        .containsOnly(Confidence.HIGH);
  }
}
