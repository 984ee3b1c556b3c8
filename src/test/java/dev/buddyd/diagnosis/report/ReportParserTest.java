package dev.buddyd.diagnosis.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReportParserTest {

  private static KernelReport one(String text) {
    List<KernelReport> reports = ReportParser.parse(text);
    assertThat(reports).hasSize(1);
    return reports.getFirst();
  }

  @Test
  @DisplayName("F-70, F-71: every fact of an allocation failure of 5.10")
  void readsAnAllocationFailure() {
    KernelReport report = one(Samples.FAILURE_5_10);

    assertThat(report.kind()).isEqualTo(ReportKind.ALLOC_FAILURE);
    assertThat(report.line()).isEqualTo(1);
    assertThat(report.task()).isEqualTo("cat");
    assertThat(report.pid()).isEqualTo(2034240);
    assertThat(report.order()).isEqualTo(5);
    assertThat(report.mask())
        .isEqualTo(
            new MaskText(
                "0x40dc0(GFP_KERNEL|__GFP_COMP|__GFP_ZERO)",
                0x40dc0L,
                List.of("GFP_KERNEL", "__GFP_COMP", "__GFP_ZERO"),
                true));
    assertThat(report.confinement())
        .isEqualTo(new Confinement("(null)", "lxc.payload.openwrt", "0"));
    assertThat(report.kernel()).isEqualTo(new KernelName("5.10.2", KernelName.Source.REPORT));
    assertThat(report.taint()).isEqualTo("GC");
    assertThat(report.pageSize()).isEqualTo(new PageSize(4, PageSize.Source.FREE_LISTS));
    assertThat(report.callTrace()).contains("warn_alloc", "kmalloc_order");
    assertThat(report.oom()).isNull();
    assertThat(report.missing()).isEmpty();
    assertThat(report.nodes().getFirst().values().get("shmem_thp"))
        .isEqualTo(new Quantity("0", 0L, Quantity.Unit.KB));
    Totals totals = report.totals();
    assertThat(totals.counters().get("free_cma"))
        .isEqualTo(new Quantity("194", 194L, Quantity.Unit.NONE));
    assertThat(totals.pagesRam()).isEqualTo(1015296);
    assertThat(totals.pagesCmaReserved()).isEqualTo(8192);
    assertThat(totals.freeSwapKb()).isEqualTo(1700864);
  }

  @Test
  @DisplayName("F-71: a zone line with its reserves and free lists")
  void readsZones() {
    List<ZoneFacts> zones = one(Samples.FAILURE_5_10).zones();

    assertThat(zones).extracting(ZoneFacts::zone).containsExactly("DMA", "DMA32");
    ZoneFacts zone = zones.get(1);
    assertThat(zone.node()).isZero();
    assertThat(zone.line()).isEqualTo(15);
    assertThat(zone.freeKb()).isEqualTo(60196);
    assertThat(zone.boostKb()).isNull();
    assertThat(zone.minKb()).isEqualTo(49012);
    assertThat(zone.lowKb()).isEqualTo(61264);
    assertThat(zone.highKb()).isEqualTo(73516);
    assertThat(zone.reservedHighatomicKb()).isEqualTo(2048);
    assertThat(zone.freeHighatomicKb()).isNull();
    assertThat(zone.presentKb()).isEqualTo(3014656);
    assertThat(zone.managedKb()).isEqualTo(2909548);
    assertThat(zone.freeCmaKb()).isEqualTo(776);
    assertThat(zone.lowmemReserve()).containsExactly(0L, 0L, 0L, 0L, 0L);
    FreeList list = zone.freeList();
    assertThat(list).isNotNull();
    if (list != null) {
      assertThat(list.addsUp()).isTrue();
      assertThat(list.totalKb()).isEqualTo(61496);
      assertThat(list.entries()).hasSize(11);
      assertThat(list.entries().get(3)).isEqualTo(new FreeList.Entry(3, 270, 32, "UMEHC"));
    }
  }

  @Test
  @DisplayName("F-72, F-81: an OOM report of 2.6.24, mask without names, zones without node")
  void readsAnOldOomReport() {
    KernelReport report = one(Samples.OOM_2_6_24);

    assertThat(report.kind()).isEqualTo(ReportKind.OOM);
    assertThat(report.task()).isEqualTo("Xorg");
    assertThat(report.pid()).isEqualTo(6186);
    assertThat(report.mask()).isEqualTo(new MaskText("0x2d0", 0x2d0L, List.of(), false));
    assertThat(report.kernel())
        .isEqualTo(new KernelName("2.6.24-19-generic", KernelName.Source.REPORT));
    assertThat(report.taint()).isEqualTo("P");
    assertThat(report.zones()).extracting(ZoneFacts::zone).containsExactly("DMA", "Normal");
    ZoneFacts normal = report.zones().get(1);
    assertThat(normal.minKb()).isEqualTo(3744);
    assertThat(normal.unreclaimable()).isTrue();
    assertThat(normal.lowmemReserve()).containsExactly(0L, 0L, 25400L, 25400L);
    assertThat(report.totals().pagesRam()).isEqualTo(1048576);
    assertThat(report.totals().pagesReserved()).isEqualTo(409238);
    assertThat(report.totals().freeSwapKb()).isEqualTo(9844180);
    assertThat(report.oom()).isNotNull();
    if (report.oom() != null) {
      assertThat(report.oom().victims()).containsExactly(new OomFacts.Victim(5412, "gnome-panel"));
    }
    assertThat(report.missing()).isEmpty();
  }

  @Test
  @DisplayName("protections[] instead of lowmem_reserve[], no header: kernels before 2.6.12")
  void readsTheOldestFormat() {
    KernelReport report =
        one(
            """
            DMA free:4536kB min:60kB low:72kB high:88kB active:0kB present:16384kB pages_scanned:0 all_unreclaimable? no
            protections[]: 0 0 0
            HighMem free:0kB min:128kB low:160kB high:192kB active:0kB present:0kB pages_scanned:0 all_unreclaimable? no
            protections[]: 0 0 0
            DMA: 556*4kB 155*8kB 65*16kB 1*32kB 0*64kB 0*128kB 0*256kB 0*512kB 0*1024kB 0*2048kB 0*4096kB = 4536kB
            HighMem: empty
            """);

    assertThat(report.order()).isNull();
    assertThat(report.mask()).isNull();
    assertThat(report.zones().getFirst().lowmemReserve()).containsExactly(0L, 0L, 0L);
    assertThat(report.zones().get(1).freeList()).isEqualTo(new FreeList(List.of(), 0L, true));
    assertThat(report.missing()).containsExactly("header", "order", "gfp_mask", "kernel");
  }

  @Test
  @DisplayName("F-80.6: a memory cgroup at its limit, by its constraint line")
  void readsAMemcgOomByConstraint() {
    KernelReport report =
        one(
            """
            [    1.500000] test invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
            [    1.500000] CPU: 1 UID: 0 PID: 7 Comm: test Kdump: loaded Not tainted 6.12.0-211.el10.ppc64le #1 VOLUNTARY
            [    1.500000] memory: usage 524288kB, limit 524288kB, failcnt 158965
            [    1.500000] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a/b,task_memcg=/a/b,task=test,pid=7,uid=0
            [    1.500000] Memory cgroup out of memory: Killed process 7 (test) total-vm:36544kB, anon-rss:0kB
            """);

    assertThat(report.kind()).isEqualTo(ReportKind.MEMCG_OOM);
    assertThat(report.oom())
        .isEqualTo(
            new OomFacts(
                "CONSTRAINT_MEMCG",
                "/a/b",
                524288L,
                524288L,
                List.of(new OomFacts.Victim(7, "test")),
                false));
    assertThat(report.confinement()).isEqualTo(new Confinement("(null)", "/", "0"));
    assertThat(report.pageSize()).isEqualTo(new PageSize(64, PageSize.Source.KERNEL_NAME));
    assertThat(report.missing()).isEmpty();
  }

  @Test
  @DisplayName("F-81: a memory cgroup at its limit, in the words used until 4.20")
  void readsAnOldMemcgOom() {
    KernelReport report =
        one(
            """
            leaker invoked oom-killer: gfp_mask=0x6200ca(GFP_HIGHUSER_MOVABLE), nodemask=(null), order=0, oom_score_adj=0
            Task in /leaker killed as a result of limit of /limited
            memory: usage 10kB, limit 20kB, failcnt 1
            Memory cgroup out of memory: Kill process 2746 (leaker) score 998 or sacrifice child
            Killed process 2746 (leaker) total-vm:536704kB
            """);

    assertThat(report.kind()).isEqualTo(ReportKind.MEMCG_OOM);
    assertThat(report.oom())
        .isEqualTo(
            new OomFacts(
                null, "/limited", 10L, 20L, List.of(new OomFacts.Victim(2746, "leaker")), false));
  }

  @Test
  @DisplayName("an OOM kill by SysRq prints order -1")
  void readsSysrqF() {
    KernelReport report =
        one(
            "kworker/0:2 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=-1,"
                + " oom_score_adj=0");

    assertThat(report.order()).isEqualTo(-1);
    assertThat(report.task()).isEqualTo("kworker/0:2");
  }

  @Test
  @DisplayName("block sizes of 64 kB pages give orders, and a counter that underflowed no number")
  void readsLargePagesAndUnderflow() {
    KernelReport report =
        one(
            """
            a: page allocation failure: order:0, mode:0x20(__GFP_HIGH)
            Node 1 Normal free:128kB min:64kB low:64kB high:64kB present:18446744073709551612kB managed:64kB
            lowmem_reserve[]: 0 0
            Node 1 Normal: 1*64kB (U) 0*128kB 1*256kB (H) = 320kB
            """);

    assertThat(report.pageSize().kb()).isEqualTo(64);
    ZoneFacts zone = report.zones().getFirst();
    assertThat(zone.node()).isEqualTo(1);
    assertThat(zone.presentKb()).isNull();
    assertThat(zone.values().get("present"))
        .isEqualTo(new Quantity("18446744073709551612", null, Quantity.Unit.KB));
    assertThat(zone.freeList())
        .isEqualTo(
            new FreeList(
                List.of(
                    new FreeList.Entry(0, 1, 64, "U"),
                    new FreeList.Entry(1, 0, 128, ""),
                    new FreeList.Entry(2, 1, 256, "H")),
                320L,
                true));
  }

  @Test
  @DisplayName("the version stands in another line, or in prose around the report")
  void findsTheKernelElsewhere() {
    String header = "a: page allocation failure: order:0, mode:0x20\n";

    assertThat(one("Linux version 4.9.24 (gcc)\n" + header).kernel())
        .isEqualTo(new KernelName("4.9.24", KernelName.Source.LOG));
    assertThat(one("Hello, on kernel 4.19.3, I see:\n" + header).kernel())
        .isEqualTo(new KernelName("4.19.3", KernelName.Source.PROSE));
    assertThat(one("I have 2.5 apples:\n" + header).kernel()).isNull();
  }

  @Test
  @DisplayName("kernels before 2.6.13 put the version in brackets behind the flags register")
  void findsAVersionInBrackets() {
    KernelReport report =
        one(
            """
            oom-killer: gfp_mask=0xd0
            EIP:    0060:[<c0148a9f>]    Not tainted VLI
            EFLAGS: 00010246   (2.6.11-rc3)
            """);

    assertThat(report.kernel()).isEqualTo(new KernelName("2.6.11-rc3", KernelName.Source.REPORT));
    assertThat(report.order()).isNull();
  }

  @Test
  @DisplayName("F-80.2: the stack alone tells a memory cgroup's limit")
  void readsAMemcgOomByItsStack() {
    KernelReport report =
        one(
            """
            x invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0
             out_of_memory+0x1/0x2
             mem_cgroup_out_of_memory+0x1/0x2
            """);

    assertThat(report.kind()).isEqualTo(ReportKind.MEMCG_OOM);
  }

  @Test
  void saysWhatIsMissing() {
    KernelReport report =
        one(
            """
            a: page allocation failure: order:0, mode:0x20
            Node 0 DMA free:1kB min:1kB low:1k>
            Node 0 DMA: 1*4kB (U) 0*8k>
            """);

    assertThat(report.missing())
        .containsExactly(
            "kernel",
            "end of the zone line of Node 0 DMA",
            "lowmem_reserve[] of Node 0 DMA",
            "end of the free lists of Node 0 DMA");
    assertThat(report.zones().getFirst().lowKb()).isNull();
  }

  @Test
  void findsNothingInOrdinaryText() {
    assertThat(ReportParser.parse("")).isEmpty();
    assertThat(ReportParser.parse("Node 0 is down, free: nothing\nTotal swap of seats")).isEmpty();
  }
}
