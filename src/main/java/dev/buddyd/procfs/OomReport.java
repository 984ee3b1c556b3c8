package dev.buddyd.procfs;

import dev.buddyd.machine.PressureDesk;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.reclaim.OomKill;
import dev.buddyd.mm.reclaim.OomKill.Candidate;
import dev.buddyd.mm.reclaim.ReclaimCounts;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls.Knob;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/**
 * What 6.12 writes to its log when the OOM killer kills (F-80), without time stamps and without a
 * call trace. Processes have anonymous memory and nothing else; all belong to root. The table of
 * unreclaimable slab (step 4) is never due: shrinkers can have all slab of these machines.
 */
public final class OomReport {

  private static final int PAGE_TABLES_BYTES = 0;

  private final IntFunction<KernelTask> tasks;
  private final int pageKb;
  private final Formatter print;

  private OomReport(IntFunction<KernelTask> tasks, int pageKb, StringBuilder out) {
    this.tasks = tasks;
    this.pageKb = pageKb;
    this.print = new Formatter(out, Locale.ROOT);
  }

  /** The report of a kill that happens next on a machine in service. */
  public static String of(SimulatedMachine machine, OomKill kill, ReclaimCounts counts) {
    return of(machine.memory(), kill, counts, tasksOf(machine));
  }

  /**
   * The report of a kill that happens next.
   *
   * @param tasks the task of an owner number
   */
  public static String of(
      PhysicalMemory memory, OomKill kill, ReclaimCounts counts, IntFunction<KernelTask> tasks) {
    FailedRequest request =
        new FailedRequest(kill.gfp(), kill.order(), kill.cpu(), tasks.apply(kill.asking()));
    int adj =
        kill.processes().stream()
            .filter(process -> process.owner() == kill.asking())
            .mapToInt(Candidate::oomScoreAdj)
            .findFirst()
            .orElse(0);
    StringBuilder out =
        new StringBuilder(FailureReport.outOfMemory(memory, counts, request, adj)); // steps 1 to 3
    OomReport report = new OomReport(tasks, memory.geometry().pageKbytes(), out);
    if (dumpsTasks(memory)) {
      report.taskTable(kill.processes());
    }
    report.constraint(kill, FailureReport.nodes(memory));
    report.killed(kill);
    return out.toString();
  }

  /** Only who is killed: what is told of every kill (F-80, steps 7 and 8). */
  static String killed(SimulatedMachine machine, OomKill kill) {
    StringBuilder out = new StringBuilder();
    new OomReport(tasksOf(machine), machine.memory().geometry().pageKbytes(), out).killed(kill);
    return out.toString();
  }

  /** {@code vm.oom_dump_tasks}. */
  private static boolean dumpsTasks(PhysicalMemory memory) {
    return memory.tunables().get(Knob.OOM_DUMP_TASKS) == 1;
  }

  /**
   * The processes of a machine in service as they are now (F-80, step 5); empty if they are not to
   * be told.
   */
  static String taskTable(SimulatedMachine machine) {
    if (!dumpsTasks(machine.memory())) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    new OomReport(tasksOf(machine), machine.memory().geometry().pageKbytes(), out)
        .taskTable(candidates(machine));
    return out.toString();
  }

  private static List<Candidate> candidates(SimulatedMachine machine) {
    return new PressureDesk(machine, false)
        .owners(1, Integer.MAX_VALUE).stream()
            .filter(owner -> owner.process().known() && !owner.process().killed())
            .map(
                owner ->
                    new Candidate(
                        owner.number(),
                        owner.process().rssPages(),
                        owner.process().swapPages(),
                        owner.process().oomScoreAdj()))
            .toList();
  }

  private static IntFunction<KernelTask> tasksOf(SimulatedMachine machine) {
    return owner -> KernelTask.of(owner == 0 ? null : machine.ownerName(owner), owner);
  }

  private void taskTable(List<Candidate> processes) {
    print.format(
        "Tasks state (memory values in pages):\n"
            + "[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem"
            + " pgtables_bytes swapents oom_score_adj name\n");
    for (Candidate process : processes) {
      KernelTask task = tasks.apply(process.owner());
      print.format(
          "[%7d] %5d %5d %8d %8d %8d %8d %9d %8d %8d         %5d %s\n",
          task.pid(),
          0,
          task.pid(),
          process.rssPages() + process.swapPages(),
          process.rssPages(),
          process.rssPages(),
          0,
          0,
          PAGE_TABLES_BYTES,
          process.swapPages(),
          process.oomScoreAdj(),
          task.comm());
    }
  }

  /** Step 6. */
  private void constraint(OomKill kill, String nodes) {
    KernelTask task = tasks.apply(kill.victim());
    print.format(
        "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=%s,global_oom,"
            + "task_memcg=/,task=%s,pid=%d,uid=0\n",
        nodes, task.comm(), task.pid());
  }

  /** Steps 7 and 8. */
  private void killed(OomKill kill) {
    for (Candidate process : kill.processes()) {
      if (process.owner() == kill.victim()) {
        killed(process, kill.allocatingTask());
      }
    }
  }

  private void killed(Candidate victim, boolean allocatingTask) {
    KernelTask task = tasks.apply(victim.owner());
    print.format(
        "Out of memory%s: Killed process %d (%s) total-vm:%dkB, anon-rss:%dkB, file-rss:0kB,"
            + " shmem-rss:0kB, UID:0 pgtables:%dkB oom_score_adj:%d\n",
        allocatingTask ? " (oom_kill_allocating_task)" : "",
        task.pid(),
        task.comm(),
        (victim.rssPages() + victim.swapPages()) * pageKb,
        victim.rssPages() * pageKb,
        PAGE_TABLES_BYTES >> 10,
        victim.oomScoreAdj());
    print.format(
        "oom_reaper: reaped process %d (%s), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB\n",
        task.pid(), task.comm());
  }
}
