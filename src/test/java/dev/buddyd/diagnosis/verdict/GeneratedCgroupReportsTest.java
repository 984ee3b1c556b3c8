package dev.buddyd.diagnosis.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Made-up OOM reports of memory cgroups, in the words of all versions and as people cut them. */
class GeneratedCgroupReportsTest {

  private static final List<String> PATHS =
      List.of("/a", "/docker/3f0c", "/kubepods.slice/pod7.slice", "/user.slice/u1.scope", "/lxc/7");

  private static final List<String> HEADS =
      List.of(
          "",
          "[ 1234.567890] ",
          "<4>[ 12.5678] ",
          "Nov 28 10:00:00 h kernel: ",
          "> ",
          "[Wed Jun 17 10:37:10 2020] ");

  /** A cgroup at its limit, and the process that was killed for it. */
  private record Limit(String path, String task, long kb, int pid, String victim) {}

  @Test
  void theLimitIsFoundAndToldWhateverIsCut() {
    for (int seed = 0; seed < 600; seed++) {
      Random random = new Random(seed);
      String path = PATHS.get(random.nextInt(PATHS.size()));
      String task = random.nextBoolean() ? path : path + "/c" + random.nextInt(9);
      Limit limit =
          new Limit(path, task, 4L << random.nextInt(30), 2 + random.nextInt(90_000), "java");
      boolean structured = random.nextBoolean();
      List<String> lines = structured ? from419(limit) : until418(limit);
      List<String> kept =
          lines.stream().filter(line -> line.startsWith("!") || random.nextInt(4) > 0).toList();
      String head = HEADS.get(random.nextInt(HEADS.size()));
      String text =
          kept.stream()
              .map(line -> head + line.replaceFirst("^!", ""))
              .collect(Collectors.joining("\n", "", "\n"));

      List<ReportVerdict> verdicts = Diagnoser.diagnose(text).reports();

      assertThat(verdicts).as(text).hasSize(1);
      ReportVerdict verdict = verdicts.getFirst();
      assertThat(verdict.kind()).as(text).isEqualTo("oom");
      assertThat(verdict.cause()).as(text).isEqualTo(Cause.MEMCG_LIMIT);
      assertThat(verdict.confidence()).as(text).isEqualTo(Confidence.HIGH);
      assertThat(verdict.sentence())
          .as(text)
          .contains("Memory cgroup " + path + " was at its limit");
      boolean usage = kept.stream().anyMatch(line -> line.startsWith("memory: usage"));
      assertThat(verdict.sentence().contains("of " + limit.kb() + " kB")).as(text).isEqualTo(usage);
      assertThat(verdict.remedies().getFirst().sentence()).as(text).contains(path);
      assertThat(verdict.zones()).as(text).isEmpty();
      boolean killed = kept.stream().anyMatch(line -> line.contains("Kill"));
      String victim = "process " + limit.pid() + " (java)";
      assertThat(verdict.severity().contains(victim)).as(text).isEqualTo(killed);
    }
  }

  private static List<String> header() {
    return List.of(
        "java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
        "CPU: 3 PID: 77 Comm: java Not tainted 5.4.1 #1",
        "Call Trace:",
        " dump_stack+0x5c/0x80",
        " mem_cgroup_out_of_memory+0xb5/0xd0");
  }

  /** The line that begins with an exclamation mark is never cut: it names the group. */
  private static List<String> until418(Limit limit) {
    List<String> lines = new ArrayList<>(header());
    lines.add(
        "!Task in %s killed as a result of limit of %s".formatted(limit.task(), limit.path()));
    lines.addAll(usage(limit));
    lines.add("[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name");
    lines.add(
        "[ %d]     0 %d   394872   262036     521        0             0 java"
            .formatted(limit.pid(), limit.pid()));
    lines.add(
        "Memory cgroup out of memory: Kill process %d (java) score 1001 or sacrifice child"
            .formatted(limit.pid()));
    lines.add(
        "Killed process %d (java) total-vm:1579488kB, anon-rss:1048132kB, file-rss:12kB"
            .formatted(limit.pid()));
    return lines;
  }

  private static List<String> from419(Limit limit) {
    List<String> lines = new ArrayList<>(header());
    lines.addAll(usage(limit));
    lines.add("Tasks state (memory values in pages):");
    lines.add(
        "!oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=c,mems_allowed=0,oom_memcg=%s,task_memcg=%s,task=x,pid=%d,uid=0"
            .formatted(limit.path(), limit.task(), limit.pid()));
    lines.add(
        "Memory cgroup out of memory: Killed process %d (java) total-vm:26kB, anon-rss:5kB, file-rss:1kB, shmem-rss:0kB"
            .formatted(limit.pid()));
    lines.add(
        "oom_reaper: reaped process %d (java), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB"
            .formatted(limit.pid()));
    return lines;
  }

  private static List<String> usage(Limit limit) {
    return List.of(
        "memory: usage %dkB, limit %dkB, failcnt 153".formatted(limit.kb(), limit.kb()),
        "memory+swap: usage %dkB, limit 9007199254740988kB, failcnt 0".formatted(limit.kb()),
        "kmem: usage 10568kB, limit 9007199254740988kB, failcnt 0",
        "Memory cgroup stats for %s: cache:32KB rss:524188KB swap:524356KB"
            .formatted(limit.path()));
  }
}
