package dev.buddyd.procfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.report.ReportKind;
import dev.buddyd.diagnosis.report.ReportParser;
import dev.buddyd.diagnosis.report.ZoneFacts;
import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.PfnRange;
import dev.buddyd.mm.fixture.Machine;
import dev.buddyd.mm.fixture.Machines;
import dev.buddyd.mm.fixture.Sketch;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.ZoneKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FailureReportTest {

  private static final KernelTask INIT = new KernelTask("init", 1);

  @RegisterExtension final Machines machines = new Machines();

  private static String sample(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(FailureReportTest.class.getResourceAsStream("/procfs/" + name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** 512 MiB, half of it above 4 GiB, one CPU: the guest that the samples come from. */
  private Machine guest() {
    return machines.boot(
        new MachineDescription(
            "guest",
            "x86_64",
            null,
            null,
            null,
            null,
            null,
            List.of(
                new NodeDescription(
                    List.of(0),
                    List.of(
                        new PfnRange(1, 158),
                        new PfnRange(0x100, 0xfee0),
                        new PfnRange(0x100000, 0x10000)),
                    null)),
            null,
            null,
            null,
            null,
            null,
            null));
  }

  /** Numbers, letters of types and the kernel's own name are a matter of the moment. */
  private static String shape(String text) {
    return text.replaceAll("(?m)^CPU: .*$", "CPU")
        .replaceAll(" \\([UMEHCI]+\\)", "")
        .replaceAll("(mode:|gfp_mask=)0x[0-9a-f]+\\([A-Z_|]*\\)", "$1MASK")
        .replaceAll("unreclaimable\\? (yes|no)", "unreclaimable? ?")
        .replaceAll("(?<=[:*= ])\\d+|(?m)^\\d+", "N");
  }

  @Test
  @DisplayName("F-70, F-71: line by line the form that a 6.12 kernel prints")
  void sameFormAsTheKernel() throws IOException {
    String ours =
        FailureReport.allocationFailure(
            guest().memory(), new FailedRequest(Gfp.GFP_KERNEL, 0, 0, INIT));

    assertThat(shape(ours)).isEqualTo(shape(sample("failure-6.12.txt")));
  }

  @Test
  @DisplayName("F-80: the first part of an OOM report in the form that a 6.12 kernel prints")
  void sameFormAsTheKernelsOomReport() throws IOException {
    String ours =
        FailureReport.outOfMemory(
            guest().memory(), new FailedRequest(Gfp.GFP_KERNEL | Gfp.NOFAIL, 0, 0, INIT));

    assertThat(ours)
        .startsWith(
            "init invoked oom-killer: gfp_mask=0x8cc0(GFP_KERNEL|__GFP_NOFAIL), order=0,"
                + " oom_score_adj=0\n");
    assertThat(shape(ours)).isEqualTo(shape(sample("oom-6.12.txt")));
  }

  @Test
  @DisplayName("F-70: the first line names task, order, mask and nodes; the second CPU and pid")
  void firstLines() {
    Machine machine = machines.preset("x86_64-numa");
    FailedRequest request =
        new FailedRequest(Gfp.GFP_NOIO | Gfp.COMP, 4, 3, KernelTask.of("net/core", 7));

    assertThat(FailureReport.allocationFailure(machine.memory(), request))
        .startsWith(
            """
            net/core: page allocation failure: order:4, mode:0x40c00(GFP_NOIO|__GFP_COMP), \
            nodemask=(null),cpuset=/,mems_allowed=0-1
            CPU: 3 UID: 0 PID: 1007 Comm: net/core Not tainted 6.12.0-buddyd #1
            Mem-Info:
            """);
  }

  @Test
  @DisplayName("F-71: free lists name each type with a block; isolated blocks are in the sum")
  void freeListLine() {
    Sketch.ZoneSketch sketch =
        Sketch.x8664()
            .zone(ZoneKind.NORMAL, 0x100000, 0x1000)
            .pageblock(0x100000, MigrateType.UNMOVABLE)
            .pageblock(0x100200, MigrateType.HIGHATOMIC)
            .pageblock(0x100400, 4)
            .free(0x100000, 0)
            .free(0x100200, 0)
            .free(0x100400, 3)
            .free(0x100800, 10)
            .reservedHighatomic(512)
            .marks(10, 20, 30);
    Machine machine = machines.watch(sketch.build());
    String text =
        FailureReport.allocationFailure(
            machine.memory(), new FailedRequest(Gfp.GFP_ATOMIC, 0, 0, INIT));

    assertThat(text)
        .contains(
            "Node 0 Normal: 2*4kB (UH) 0*8kB 0*16kB 1*32kB (I) 0*64kB 0*128kB 0*256kB 0*512kB"
                + " 0*1024kB 0*2048kB 1*4096kB (M) = 4136kB\n")
        .contains("Node 0 Normal free:4104kB boost:0kB min:40kB low:80kB high:120kB")
        .contains(" reserved_highatomic:2048KB ");
  }

  @Test
  @DisplayName("F-71: zones above the request's highest zone are left out, the sums are not")
  void zonesOfTheRequestOnly() {
    Machine machine = guest();
    String all =
        FailureReport.allocationFailure(
            machine.memory(), new FailedRequest(Gfp.GFP_KERNEL, 0, 0, INIT));
    String dma32 =
        FailureReport.allocationFailure(
            machine.memory(), new FailedRequest(Gfp.GFP_KERNEL | Gfp.DMA32, 0, 0, INIT));

    assertThat(all).contains("Node 0 Normal free:", "Node 0 Normal: ");
    assertThat(dma32).contains("Node 0 DMA32 free:").doesNotContain("Normal");
    assertThat(line(dma32, "pages RAM")).isEqualTo(line(all, "pages RAM"));
    assertThat(line(dma32, " free:")).isEqualTo(line(all, " free:"));
  }

  private static String line(String text, String part) {
    return text.lines().filter(line -> line.contains(part)).findFirst().orElseThrow();
  }

  @Test
  @DisplayName("F-71: without NUMA zone lines have no node, and HighMem is counted")
  void withoutNuma() {
    Machine machine = machines.preset("x86_32");
    String text =
        FailureReport.allocationFailure(
            machine.memory(), new FailedRequest(Gfp.GFP_HIGHUSER, 0, 0, INIT));
    long highmem = machine.zone("HighMem").span().presentPages();

    assertThat(text)
        .contains("\nNode 0 active_anon:", "\nHighMem free:", "\nHighMem: ")
        .contains("\n" + highmem + " pages HighMem/MovableOnly\n")
        .doesNotContain("Node 0 HighMem");
  }

  @Test
  @DisplayName("F-70: what is printed is read back with nothing missing")
  void roundTrip() {
    Machine machine = machines.preset("x86_64-numa");
    machine.onCpu(1).allocs(300, Gfp.GFP_HIGHUSER_MOVABLE, 0);
    FailedRequest request =
        new FailedRequest(Gfp.GFP_KERNEL | Gfp.COMP, 5, 1, KernelTask.of("a (b)-3", 2));

    List<KernelReport> reports =
        ReportParser.parse(FailureReport.allocationFailure(machine.memory(), request));

    assertThat(reports).hasSize(1);
    KernelReport report = reports.getFirst();
    assertThat(report.kind()).isEqualTo(ReportKind.ALLOC_FAILURE);
    assertThat(report.task()).isEqualTo("a (b)-3");
    assertThat(report.order()).isEqualTo(5);
    assertThat(report.missing()).isEmpty();
    assertThat(report.zones()).hasSameSizeAs(machine.memory().zones());
    for (int i = 0; i < report.zones().size(); i++) {
      ZoneFacts facts = report.zones().get(i);
      ZoneReading zone = ZoneReading.of(machine.memory().zone(i));
      assertThat(facts.freeKb()).isEqualTo(zone.freePages() * 4);
      assertThat(facts.kb("free_pcp")).isEqualTo(zone.cachedPages() * 4);
      assertThat(facts.kb("local_pcp")).isEqualTo(zone.cachedPages(1) * 4L);
    }
  }

  @Test
  @DisplayName("F-70: __GFP_NOWARN silences the report, and GFP_DMA where there is no DMA memory")
  void silentMasks() {
    Machine withDma = guest();
    Machine without = machines.preset("arm64");
    FailedRequest quiet = new FailedRequest(Gfp.GFP_NOWAIT, 0, 0, INIT);

    assertThat(FailureReport.text(withDma.memory(), quiet, KernelWould.FAIL)).isNull();
    assertThat(FailureReport.suppressed(withDma.memory(), Gfp.GFP_KERNEL | Gfp.DMA)).isFalse();
    assertThat(FailureReport.suppressed(withDma.memory(), Gfp.GFP_KERNEL)).isFalse();
    assertThat(FailureReport.suppressed(without.memory(), Gfp.GFP_KERNEL | Gfp.DMA))
        .isEqualTo(
            without.memory().zones().stream().noneMatch(z -> z.span().kind() == ZoneKind.DMA));
  }

  @Test
  @DisplayName("F-80: what the kernel would do decides which text it prints")
  void textByWhatTheKernelWouldDo() {
    Machine machine = guest();
    FailedRequest request = new FailedRequest(Gfp.GFP_KERNEL, 1, 0, INIT);

    assertThat(FailureReport.text(machine.memory(), request, KernelWould.FAIL))
        .startsWith("init: page allocation failure: order:1, ");
    assertThat(FailureReport.text(machine.memory(), request, KernelWould.OOM_KILL))
        .startsWith("init invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=1, ")
        .endsWith("0 pages hwpoisoned\n");
    assertThat(FailureReport.text(machine.memory(), request, KernelWould.PANIC))
        .endsWith(
            """
            Out of memory and no killable processes...
            Kernel panic - not syncing: System is deadlocked on memory
            """);
    assertThat(FailureReport.text(machine.memory(), request, KernelWould.LOOP)).isNull();
  }
}
