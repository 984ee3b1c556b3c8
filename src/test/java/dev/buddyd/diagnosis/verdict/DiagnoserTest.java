package dev.buddyd.diagnosis.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.diagnosis.rules.Waiver;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DiagnoserTest {

  /** A report of one zone: mask, order and the zone's lines are filled in. */
  private static String report(String header, String zones) {
    return header + "\nCPU: 0 PID: 1 Comm: x Not tainted 6.12.3 #1\nMem-Info:\n" + zones;
  }

  private static String zone(String name, long free, long min, String reserve, String blocks) {
    return "Node 0 %s free:%dkB boost:0kB min:%dkB low:%dkB high:%dkB reserved_highatomic:0KB present:100000kB managed:100000kB free_cma:0kB\nlowmem_reserve[]: %s\nNode 0 %s: %s\n"
        .formatted(name, free, min, min + 100, min + 200, reserve, name, blocks);
  }

  private static final String KERNEL_0 =
      "x: page allocation failure: order:0, mode:0xcc0(GFP_KERNEL), nodemask=(null)";
  private static final String KERNEL_3 =
      "x: page allocation failure: order:3, mode:0xcc0(GFP_KERNEL), nodemask=(null)";

  private static ReportVerdict one(String text) {
    List<ReportVerdict> reports = Diagnoser.diagnose(text).reports();
    assertThat(reports).hasSize(1);
    return reports.getFirst();
  }

  @Test
  void belowWatermark() {
    ReportVerdict verdict =
        one(report(KERNEL_0, zone("Normal", 800, 1000, "0 0 0 0 0", "200*4kB (UME) = 800kB")));

    assertThat(verdict.cause()).isEqualTo(Cause.BELOW_WATERMARK);
    assertThat(verdict.confidence()).isEqualTo(Confidence.HIGH);
    assertThat(verdict.sentence()).contains("Node 0 Normal").contains("800 kB").contains("1000 kB");
    ZoneVerdict zone = verdict.zones().getFirst();
    assertThat(zone.usableKb()).isEqualTo(800);
    assertThat(zone.minEffectiveKb()).isEqualTo(1000);
    assertThat(zone.minEffectivePages()).isEqualTo(250);
    assertThat(zone.wouldPassIf()).containsExactly(Waiver.MIN);
    assertThat(verdict.remedies())
        .anySatisfy(
            remedy -> {
              assertThat(remedy.change()).isEqualTo("vm.min_free_kbytes=2000");
              assertThat(remedy.helps()).isFalse();
            })
        .anySatisfy(
            remedy -> {
              assertThat(remedy.change()).isEqualTo("vm.min_free_kbytes=796");
              assertThat(remedy.helps()).isTrue();
            });
  }

  @Test
  @DisplayName("Z-22: a write of min_free_kbytes clears the boost")
  void boostDecides() {
    String zone =
        zone("Normal", 1000, 1200, "0 0 0 0 0", "250*4kB (UME) = 1000kB")
            .replace("boost:0kB", "boost:400kB");

    ReportVerdict verdict = one(report(KERNEL_0, zone));

    assertThat(verdict.cause()).isEqualTo(Cause.BELOW_WATERMARK);
    assertThat(verdict.zones().getFirst().wouldPassIf()).containsExactly(Waiver.BOOST, Waiver.MIN);
    assertThat(verdict.remedies())
        .extracting(Remedy::change)
        .contains("vm.watermark_boost_factor=0", "vm.min_free_kbytes=800");
  }

  @Test
  void lowmemReserve() {
    ReportVerdict verdict =
        one(
            report(
                KERNEL_0, zone("DMA32", 4000, 400, "0 0 1000 1000 1000", "1000*4kB (U) = 4000kB")));

    assertThat(verdict.cause()).isEqualTo(Cause.LOWMEM_RESERVE);
    assertThat(verdict.zones().getFirst().reserveKb()).isEqualTo(4000);
    assertThat(verdict.remedies().getFirst().change())
        .isEqualTo("vm.lowmem_reserve_ratio for DMA32");
    assertThat(verdict.remedies().getFirst().sentence())
        .contains("below 3600 kB instead of 4000 kB");
  }

  @Test
  void fragmentationAndNoSettingHelps() {
    ReportVerdict verdict =
        one(
            report(
                KERNEL_3,
                zone(
                    "Normal",
                    4000,
                    400,
                    "0 0 0 0 0",
                    "900*4kB (U) 50*8kB (M) 0*16kB 0*32kB = 4000kB")));

    assertThat(verdict.cause()).isEqualTo(Cause.FRAGMENTATION);
    assertThat(verdict.largestOrder()).isEqualTo(1);
    assertThat(verdict.remedies()).extracting(Remedy::change).contains("order=1", "none");
  }

  @Test
  void cmaOnlyAndHighatomicOnly() {
    String cma =
        zone("Normal", 4000, 400, "0 0 0 0 0", "875*4kB (U) 0*8kB 0*16kB 16*32kB (C) = 4012kB");
    String highatomic = cma.replace("(C)", "(H)");

    assertThat(one(report(KERNEL_3, cma)).cause()).isEqualTo(Cause.CMA_ONLY);
    assertThat(one(report(KERNEL_3, highatomic)).cause()).isEqualTo(Cause.HIGHATOMIC_ONLY);
    String byMark =
        zone("Normal", 4000, 400, "0 0 0 0 0", "1000*4kB (UC) = 4000kB")
            .replace("free_cma:0kB", "free_cma:3800kB");
    ReportVerdict verdict = one(report(KERNEL_0, byMark));
    assertThat(verdict.cause()).isEqualTo(Cause.CMA_ONLY);
    assertThat(verdict.zones().getFirst().cmaKb()).isEqualTo(3800);
  }

  @Test
  void zoneRestrictedByMaskNodeMaskOrCpuset() {
    String zones =
        zone("DMA32", 100, 400, "0 0 0 0 0", "25*4kB (U) = 100kB")
            + zone("Normal", 9000, 400, "0 0 0 0 0", "2250*4kB (U) = 9000kB");
    ReportVerdict mask =
        one(report("x: page allocation failure: order:0, mode:0xcc4(GFP_KERNEL|GFP_DMA32)", zones));
    assertThat(mask.cause()).isEqualTo(Cause.ZONE_RESTRICTED);
    assertThat(mask.zones().get(1).excludedBy()).isEqualTo("mask");
    assertThat(mask.zones().get(1).wouldServe()).isTrue();

    String nodes = zones.replace("Node 0 Normal", "Node 1 Normal");
    ReportVerdict nodemask = one(report(KERNEL_0.replace("(null)", "0"), nodes));
    assertThat(nodemask.cause()).isEqualTo(Cause.ZONE_RESTRICTED);
    assertThat(nodemask.zones().get(1).excludedBy()).isEqualTo("nodemask");
    ReportVerdict cpuset = one(report(KERNEL_0 + ",cpuset=/a,mems_allowed=0", nodes));
    assertThat(cpuset.cause()).isEqualTo(Cause.ZONE_RESTRICTED);
    assertThat(cpuset.zones().get(1).excludedBy()).isEqualTo("cpuset");
    String atomic = KERNEL_0.replace("0xcc0(GFP_KERNEL)", "0x820(GFP_ATOMIC)");
    assertThat(one(report(atomic + ",cpuset=/a,mems_allowed=0", nodes)).cause())
        .isEqualTo(Cause.UNKNOWN);
  }

  @Test
  void aSnapshotThatPassesIsUnknown() {
    ReportVerdict verdict =
        one(report(KERNEL_0, zone("Normal", 9000, 400, "0 0 0 0 0", "2250*4kB (U) = 9000kB")));

    assertThat(verdict.cause()).isEqualTo(Cause.UNKNOWN);
    assertThat(verdict.confidence()).isEqualTo(Confidence.LOW);
    assertThat(verdict.sentence()).startsWith("Nothing is wrong in this snapshot");
    assertThat(verdict.remedies()).isEmpty();
  }

  @Test
  @DisplayName("V-3: kswapd may take everything, a softirq on top of it may not")
  void reclaimers() {
    String zones = zone("Normal", 800, 1000, "0 0 0 0 0", "200*4kB (UME) = 800kB");
    String header = KERNEL_0.replace("x:", "kswapd0:");
    String cpu = "CPU: 0 PID: 1 Comm: kswapd0 Not tainted 6.12.3 #1\n";

    assertThat(one(header + "\n" + cpu + "Mem-Info:\n" + zones).cause()).isEqualTo(Cause.UNKNOWN);
    assertThat(
            one(header + "\n" + cpu + " <IRQ>\n __napi_alloc_skb+0x86/0xd0\nMem-Info:\n" + zones)
                .cause())
        .isEqualTo(Cause.BELOW_WATERMARK);
  }

  @Test
  void verdictsThatTheZonesHaveNoSayIn() {
    String fine = zone("Normal", 9000, 400, "0 0 0 0 0", "2250*4kB (U) = 9000kB");
    ReportVerdict sysrq =
        one(
            report(
                "k invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=-1, oom_score_adj=0",
                fine));
    assertThat(sysrq.cause()).isEqualTo(Cause.UNKNOWN);
    assertThat(sysrq.confidence()).isEqualTo(Confidence.HIGH);
    assertThat(sysrq.sentence()).contains("SysRq");

    ReportVerdict vmalloc =
        one(
            report(
                "x: vmalloc error: size 1701924884, exceeds total pages,"
                    + " mode:0xce0(GFP_KERNEL|__GFP_HIGH)",
                fine));
    assertThat(vmalloc.sentence()).contains("1701924884 bytes");
    assertThat(vmalloc.confidence()).isEqualTo(Confidence.HIGH);

    ReportVerdict memcg =
        one(
            """
            x invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
            memory: usage 20kB, limit 20kB, failcnt 3
            Memory cgroup out of memory: Killed process 9 (x)
            """);
    assertThat(memcg.cause()).isEqualTo(Cause.MEMCG_LIMIT);
    assertThat(memcg.kind()).isEqualTo("oom");
    assertThat(memcg.sentence()).contains("usage 20 kB of 20 kB");
    assertThat(memcg.severity()).isEqualTo("process 9 (x) of the memory cgroup was killed");

    ReportVerdict headless = one(fine);
    assertThat(headless.cause()).isEqualTo(Cause.UNKNOWN);
    assertThat(headless.missing()).contains("header", "gfp_mask");

    ReportVerdict fault =
        one(
            "x invoked oom-killer: gfp_mask=0x0(), order=0, oom_score_adj=0\n"
                + " pagefault_out_of_memory+0x1/0x2\n"
                + "Mem-Info:\n"
                + fine);
    assertThat(fault.sentence()).contains("mask 0x0");
  }

  @Test
  void severities() {
    assertThat(one(KERNEL_0 + "\n copy_process+0x1/0x2\n").severity()).isEqualTo("fork failed");
    assertThat(one(KERNEL_0 + "\n kvmalloc_node+0x1/0x2\n").severity())
        .isEqualTo("fell back to vmalloc: harmless");
    assertThat(one(KERNEL_0.replace("0xcc0(GFP_KERNEL)", "0x820(GFP_ATOMIC)")).severity())
        .isEqualTo("atomic: the caller must cope, usually a dropped packet");
    assertThat(one(KERNEL_0.replace("0xcc0(GFP_KERNEL)", "0x2800(GFP_NOWAIT)")).severity())
        .startsWith("non-blocking");
    assertThat(
            one(KERNEL_0.replace("0xcc0(GFP_KERNEL)", "0x10cc0(GFP_KERNEL|__GFP_NORETRY)"))
                .severity())
        .startsWith("an attempt that may fail");
    assertThat(one(KERNEL_0).severity()).startsWith("the caller got an error");
    assertThat(
            one("x: vmalloc error: size 0, page order 9, failed to allocate pages,"
                    + " mode:0xdc2(GFP_KERNEL|__GFP_HIGHMEM|__GFP_ZERO)")
                .severity())
        .isEqualTo("vmalloc falls back to single pages: harmless");
  }

  @Test
  void withoutZoneLinesTheListsStillTell() {
    ReportVerdict verdict =
        one(
            """
            x: page allocation failure: order:0, mode:0xc00(GFP_NOIO), nodemask=(null)
            DMA32: 0*4kB 447*8kB (C) = 3576kB
            Normal: 231*4kB (UMEH) = 924kB
            """);

    assertThat(verdict.cause()).isEqualTo(Cause.CMA_ONLY);
    assertThat(verdict.confidence()).isEqualTo(Confidence.MEDIUM);
  }

  @Test
  void equalReportsAreGrouped() {
    String first =
        report(KERNEL_0, zone("Normal", 800, 1000, "0 0 0 0 0", "200*4kB (UME) = 800kB"));
    String second = first.replace("free:800kB", "free:796kB");
    String other = first.replace("order:0", "order:1");

    List<ReportVerdict> reports =
        Diagnoser.diagnose(first + "1 pages RAM\n" + second + "1 pages RAM\n" + other).reports();

    assertThat(reports).hasSize(2);
    assertThat(reports.getFirst().count()).isEqualTo(2);
    assertThat(reports.getFirst().lines()).containsExactly(1, 8);
    assertThat(reports.get(1).order()).isEqualTo(1);
  }

  @Test
  @DisplayName("V-17: zones are placed by name and by the columns of lowmem_reserve[]")
  void zonesOfOtherMachines() {
    String highmem =
        report(
            "x: page allocation failure: order:0, mode:0x100cca(GFP_HIGHUSER_MOVABLE)",
            zone("DMA", 100, 40, "0 825 1947 1947", "25*4kB (U) = 100kB")
                + zone("Normal", 100, 400, "0 0 898 898", "25*4kB (U) = 100kB")
                + zone("HighMem", 100, 400, "0 0 0 0", "25*4kB (U) = 100kB"));

    ReportVerdict verdict = one(highmem);

    assertThat(verdict.highestZone()).isEqualTo("Movable");
    assertThat(verdict.zones())
        .extracting(ZoneVerdict::reserveKb)
        .containsExactly(7788L, 3592L, 0L);
    assertThat(verdict.zones()).allMatch(ZoneVerdict::eligible);
  }

  @Test
  void aMaskWithoutFlagsIsSaidToHaveNone() {
    String fault = KERNEL_0.replaceFirst("mode:0x[0-9a-f]+\\([^)]*\\)", "mode:0x0()");
    assertThat(fault).contains("mode:0x0()");
    assertThat(
            DiagnosisText.of(
                Diagnoser.diagnose(
                    report(fault, zone("Normal", 800, 1000, "0", "1*4kB (U) = 4kB")))))
        .contains("mask: 0x0, no flags\n");
  }

  @Test
  void textForPeople() {
    String text =
        DiagnosisText.of(
            Diagnoser.diagnose(
                report(KERNEL_0, zone("Normal", 800, 1000, "0 0 0 0 0", "200*4kB (UME) = 800kB"))));

    assertThat(text)
        .startsWith(
            "line 1: alloc-failure of x, order 0\ncause: below-watermark (confidence high)\n")
        .contains(
            "mask: 0xcc0 = GFP_KERNEL"
                + " = __GFP_IO|__GFP_FS|__GFP_DIRECT_RECLAIM|__GFP_KSWAPD_RECLAIM\n")
        .contains("no   vm.min_free_kbytes=2000:");
  }

  @Property(tries = 200)
  void anyDamageGetsAnAnswer(@ForAll int seed) {
    String text =
        report(
            KERNEL_3,
            zone("DMA32", 4000, 400, "0 0 1000 1000 1000", "900*4kB (U) 50*8kB (M) 0*16kB = 4000kB")
                + zone("Normal", 800, 1000, "0 0 0 0 0", "200*4kB (UMEHC) = 800kB"));
    java.util.Random random = new java.util.Random(seed);
    StringBuilder damaged = new StringBuilder(text);
    for (int i = 0; i < 30; i++) {
      int at = random.nextInt(damaged.length());
      switch (random.nextInt(3)) {
        case 0 -> damaged.deleteCharAt(at);
        case 1 -> damaged.setCharAt(at, "0123456789:*k()=\n ".charAt(random.nextInt(18)));
        default -> damaged.insert(at, "99999999999999999999".substring(random.nextInt(20)));
      }
    }

    for (ReportVerdict verdict : Diagnoser.diagnose(damaged.toString()).reports()) {
      assertThat(verdict.sentence()).isNotEmpty();
      assertThat(DiagnosisText.of(verdict)).isNotEmpty();
    }
  }
}
