package dev.buddyd.diagnosis.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** First lines of reports in the words of all versions (F-70, F-72, F-80, F-81). */
class HeaderFormsTest {

  private static KernelReport header(String text) {
    List<KernelReport> reports = ReportParser.parse(text);
    assertThat(reports).hasSize(1);
    return reports.getFirst();
  }

  private static @Nullable String mask(KernelReport report) {
    MaskText mask = report.mask();
    return mask == null ? null : mask.printed();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ifconfig: page allocation failure. order:5, mode:0x8020 | ifconfig | 5 | 0x8020
          swapper/0: page allocation failure: order:1, mode:0x20 | swapper/0 | 1 | 0x20
          X: page allocation failure: order:3, mode:0x24040c0(GFP_KERNEL,__GFP_COMP) | X | 3 | 0x24040c0(GFP_KERNEL,__GFP_COMP)
          a b-c: page allocation failure: order:0, mode:0x1280042(GFP_NOFS), nodemask=(null) | a b-c | 0 | 0x1280042(GFP_NOFS)
          kworker/u8:1: page allocation failure: order:4, mode:GFP_KERNEL, nodemask=0-1 | kworker/u8:1 | 4 | GFP_KERNEL
          p: page allocation stalls for 10000ms, order:2, mode:0x14000c0(GFP_KERNEL) | p | 2 | 0x14000c0(GFP_KERNEL)
          java invoked oom-killer: gfp_mask=0x201da, order=0, oom_adj=0, oom_score_adj=0 | java | 0 | 0x201da
          Web Content invoked oom-killer: gfp_mask=0x0(), nodemask=(null),  order=0, oom_score_adj=300 | Web Content | 0 | 0x0()
          oom-killer: gfp_mask=0xd0, order=1 | | 1 | 0xd0
          myhost oom-killer: gfp_mask=0xd0, order=1 | | 1 | 0xd0
          java invoked oom-killer:gfp_mask=0x201da, order=0, oom_adj=0 | java | 0 | 0x201da
          init invoked oom-killer: gfp_mask=0x800d0order=2oom_score_adj=0 | init | 2 | 0x800d0
          ... invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0 ... | | 0 | 0xcc0(GFP_KERNEL)
          """)
  void readsEveryForm(String line, @Nullable String task, int order, String mask) {
    KernelReport report = header(line);

    assertThat(report.task()).isEqualTo(task);
    assertThat(report.order()).isEqualTo(order);
    assertThat(mask(report)).isEqualTo(mask);
  }

  @Test
  void onlySysrqHasANegativeOrder() {
    assertThat(header("a: page allocation failure: order:-5, mode:0xcc0").order()).isNull();
    assertThat(header("a invoked oom-killer: gfp_mask=0xcc0, order=-1").order()).isEqualTo(-1);
  }

  @Test
  void whatIsNoMaskOrNodeListIsNotRead() {
    assertThat(header("a invoked oom-killer: gfp_mask=garbled, order=0").mask()).isNull();
    assertThat(header("a: page allocation failure: order:0, mode:0x, nodemask=7F").confinement())
        .isEqualTo(Confinement.UNKNOWN);
  }

  /** Two CPUs at once: each piece of a line that is printed in pieces has its own time stamp. */
  @Test
  void aHeaderInPiecesIsPutTogether() {
    KernelReport report =
        header(
            """
            [ 7.250010] swapper/3:
            [ 7.250020] Stack : 00000000 00000000
            [ 7.250030] page allocation failure: order:2
            [ 7.250040]  01080020
            [ 7.250050] , mode:0x1080020(GFP_ATOMIC), nodemask=
            [ 7.250060]  80071de8 805f0000
            [ 7.250070] (null)
            [ 7.250080] CPU: 0 PID: 7 Comm: x Not tainted 4.14.1 #0
            """);

    assertThat(report.order()).isEqualTo(2);
    assertThat(mask(report)).isEqualTo("0x1080020(GFP_ATOMIC)");
    assertThat(report.kernel()).isNotNull();
  }

  @Test
  void aSlabFailureStandsForTheReportThatIsMissing() {
    String slab =
        """
        SLUB: Unable to allocate memory on node -1, gfp=0xa20(GFP_ATOMIC)
          cache: net_buf, object size: 232, buffer size: 240, default order: 3, min order: 1
          node 0: slabs: 5, objs: 170, free: 0
        """;
    KernelReport report = header(slab);

    assertThat(report.kind()).isEqualTo(ReportKind.ALLOC_FAILURE);
    assertThat(report.order()).isEqualTo(1);
    assertThat(mask(report)).isEqualTo("0xa20(GFP_ATOMIC)");
    assertThat(mask(header("SLUB: Unable to allocate memory on node 0 (gfp=0x20)\n")))
        .isEqualTo("0x20");
    assertThat(header("x: page allocation failure: order:0, mode:0x20\n" + slab).task())
        .isEqualTo("x");
  }

  @Test
  @DisplayName("names alone, number alone, both, and a mask of nothing")
  void readsMasks() {
    assertThat(header("a: page allocation failure: order:0, mode:GFP_KERNEL,x").mask())
        .isEqualTo(new MaskText("GFP_KERNEL", null, List.of("GFP_KERNEL"), true));
    assertThat(header("a invoked oom-killer: gfp_mask=0x0(), order=0").mask())
        .isEqualTo(new MaskText("0x0()", 0L, List.of(), true));
    assertThat(
            header("a invoked oom-killer: gfp_mask=0x1000cc0(GFP_KERNEL|0x1000000), order=0")
                .mask())
        .isEqualTo(
            new MaskText(
                "0x1000cc0(GFP_KERNEL|0x1000000)",
                0x1000cc0L,
                List.of("GFP_KERNEL", "0x1000000"),
                true));
  }

  @Test
  @DisplayName("node mask and cpuset: joined since 5.0, on a line of their own before")
  void readsConfinement() {
    assertThat(
            header(
                    "a: page allocation failure: order:0, mode:0x1(GFP_DMA),"
                        + " nodemask=0,2-3,cpuset=/x/y,mems_allowed=0-7")
                .confinement())
        .isEqualTo(new Confinement("0,2-3", "/x/y", "0-7"));
    assertThat(
            header(
                    "java invoked oom-killer: gfp_mask=0x201da, order=0\n"
                        + "java cpuset=/ mems_allowed=0-1")
                .confinement())
        .isEqualTo(new Confinement(null, "/", "0-1"));
  }

  @Test
  @DisplayName("vmalloc: the size and the step that failed, in old and new words")
  void readsVmalloc() {
    assertThat(
            header(
                    "[    1.000000][T1] e.2: vmalloc error: size 1701924884, exceeds total pages,"
                        + " mode:0xce0(GFP_KERNEL|__GFP_HIGH), nodemask=(null)")
                .vmalloc())
        .isEqualTo(new VmallocFailure(1701924884L, VmallocFailure.Reason.EXCEEDS_TOTAL));
    KernelReport huge =
        header(
            "q: vmalloc error: size 2097152, page order 9, failed to allocate pages,"
                + " mode:0xdc2(GFP_KERNEL|__GFP_HIGHMEM|__GFP_ZERO)");
    assertThat(huge.order()).isEqualTo(9);
    assertThat(huge.vmalloc()).isEqualTo(new VmallocFailure(2097152L, VmallocFailure.Reason.PAGES));
    KernelReport old =
        header(
            "vmalloc: allocation failure: 17178820608 bytes\n"
                + "syz: page allocation failure: order:0, mode:0x24000c2");
    assertThat(old.line()).isEqualTo(2);
    assertThat(old.vmalloc())
        .isEqualTo(new VmallocFailure(17178820608L, VmallocFailure.Reason.PAGES));
    assertThat(
            header(
                    "b: vmalloc: allocation failure, allocated 4096 of 8192 bytes,"
                        + " mode:0x14080c2(GFP_KERNEL), nodemask=(null)")
                .vmalloc())
        .isEqualTo(new VmallocFailure(8192L, VmallocFailure.Reason.PAGES));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CPU: 7 PID: 2638 Comm: kworker/7:1 Not tainted 5.4.30 #5 | 2638 | kworker/7:1 | 5.4.30 | Not tainted
          CPU: 1 UID: 0 PID: 9 Comm: kworker/7:1 Kdump: loaded Tainted: G        W  O       6.12.0-rc5 #1 PREEMPT(full) | 9 | kworker/7:1 | 6.12.0-rc5 | GWO
          Pid: 6186, comm: kworker/7:1 Tainted: P        2.6.24-19-generic #1 | 6186 | kworker/7:1 | 2.6.24-19-generic | P
          Pid: 0, comm: kworker/7:1 Not tainted 3.2.0-0.bpo.1-amd64 #1 | 0 | kworker/7:1 | 3.2.0-0.bpo.1-amd64 | Not tainted
          """)
  void readsWhoRan(String line, long pid, String comm, String kernel, String taint) {
    KernelReport report =
        header(
            "x kworker/7:1: page allocation failure: order:0, mode:0x20\n"
                + line
                + "\nCall Trace:");

    assertThat(report.pid()).isEqualTo(pid);
    assertThat(report.task()).isEqualTo(comm);
    assertThat(report.kernel()).isEqualTo(new KernelName(kernel, KernelName.Source.REPORT));
    assertThat(report.taint()).isEqualTo(taint);
  }

  /** All lines of the same length: a page that breaks lines leaves such, grep as well. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "swapper/0: page allocation failure: order:0, mode:0x20\n",
        "x invoked oom-killer: gfp_mask=0xd0, order=0\n"
      })
  void headersThatGrepLeftAreReadOneByOne(String line) {
    assertThat(ReportParser.parse(line.repeat(9)))
        .hasSize(9)
        .allMatch(report -> List.of("swapper/0", "x").contains(report.task()))
        .extracting(KernelReport::line)
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
  }
}
