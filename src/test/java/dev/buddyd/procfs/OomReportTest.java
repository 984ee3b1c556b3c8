package dev.buddyd.procfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.report.ReportKind;
import dev.buddyd.diagnosis.report.ReportParser;
import dev.buddyd.mm.fixture.Machine;
import dev.buddyd.mm.fixture.Machines;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.reclaim.OomKill;
import dev.buddyd.mm.reclaim.OomKill.Candidate;
import dev.buddyd.mm.reclaim.ReclaimCounts;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OomReportTest {

  @RegisterExtension final Machines machines = new Machines();

  /** The end of a report of a real 6.12, without its time stamps. */
  private static final String RECORDED =
      """
      Tasks state (memory values in pages):
      [  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name
      [    640]     0   640    87314    87214    87040        0       174   737280        0           500 hog
      oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=hog,pid=640,uid=0
      Out of memory: Killed process 640 (hog) total-vm:349256kB, anon-rss:348160kB, file-rss:0kB, shmem-rss:696kB, UID:0 pgtables:720kB oom_score_adj:500
      """;

  private static final int HOG = 1;
  private static final int EDITOR = 2;

  private String report(boolean allocatingTask) {
    Machine machine = machines.preset("tiny");
    OomKill kill =
        new OomKill(
            Gfp.GFP_HIGHUSER_MOVABLE,
            0,
            0,
            EDITOR,
            HOG,
            allocatingTask,
            List.of(new Candidate(HOG, 87_040, 274, 500), new Candidate(EDITOR, 300, 0, -17)));
    return OomReport.of(
        machine.memory(),
        kill,
        ReclaimCounts.none(machine.memory()),
        owner -> new KernelTask(owner == HOG ? "hog" : "editor", 639 + owner));
  }

  private static String end(String report) {
    return report.substring(report.indexOf("Tasks state"));
  }

  /** What our processes have none of is 0 here. */
  private static String withoutOtherMemory(String recorded) {
    return recorded
        .replace(
            "  87214    87040        0       174   737280        0 ",
            "  87040    87040        0         0        0      274 ")
        .replace("shmem-rss:696kB", "shmem-rss:0kB")
        .replace("pgtables:720kB", "pgtables:0kB");
  }

  @Test
  @DisplayName("F-80, steps 5 to 7: blank by blank as a real report")
  void endsAsARealReport() {
    String editor =
        "[    641]     0   641      300      300      300        0         0        0        0     "
            + "      -17 editor\n";

    assertThat(end(report(false)).replace(editor, ""))
        .isEqualTo(
            withoutOtherMemory(RECORDED)
                + "oom_reaper: reaped process 640 (hog), now anon-rss:0kB, file-rss:0kB,"
                + " shmem-rss:0kB\n");
    assertThat(report(false)).contains(editor);
  }

  @Test
  @DisplayName("F-80, step 1: who asked, with its own oom_score_adj")
  void beginsWithWhoAsked() {
    assertThat(report(false))
        .startsWith(
            "editor invoked oom-killer: gfp_mask=0x100cca(GFP_HIGHUSER_MOVABLE), order=0,"
                + " oom_score_adj=-17\n");
  }

  @Test
  @DisplayName("F-80, step 7: the word for oom_kill_allocating_task")
  void allocatingTask() {
    assertThat(report(true))
        .contains("\nOut of memory (oom_kill_allocating_task): Killed process 640 (hog) ");
  }

  @Test
  @DisplayName("what is printed is read back with nothing missing")
  void roundTrip() {
    List<KernelReport> reports = ReportParser.parse(report(false));

    assertThat(reports).hasSize(1);
    KernelReport read = reports.getFirst();
    assertThat(read.kind()).isEqualTo(ReportKind.OOM);
    assertThat(read.missing()).isEmpty();
  }
}
