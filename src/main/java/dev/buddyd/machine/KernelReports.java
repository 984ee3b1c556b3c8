package dev.buddyd.machine;

import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.reclaim.OomKill;
import dev.buddyd.mm.reclaim.ReclaimCounts;
import org.jspecify.annotations.Nullable;

/**
 * What a machine's kernel writes to its log about memory, and how often: reports are long, and a
 * machine that is out of memory would write nothing else.
 */
final class KernelReports {

  private static final long SECOND_MICROS = 1_000_000;

  private final SimulatedMachine machine;
  private final KernelVoice voice;
  private final KernelLog log = new KernelLog();

  /** F-70. */
  private final RateLimit failures = new RateLimit(10 * SECOND_MICROS, 1);

  /** F-80, steps 1 to 6. */
  private final RateLimit kills = new RateLimit(5 * SECOND_MICROS, 10);

  KernelReports(SimulatedMachine machine, KernelVoice voice) {
    this.machine = machine;
    this.voice = voice;
  }

  KernelLog log() {
    return log;
  }

  /** A process is killed next: that is always told (F-80, step 7). */
  void killing(OomKill kill, ReclaimCounts counts) {
    long now = machine.timeMicros();
    long suppressed = kills.admit(now);
    boolean whole = suppressed != RateLimit.SUPPRESSED;
    String report = voice.oomKill(machine, kill, counts, whole);
    log.add(now, callbacks("oom_kill_process", suppressed) + report);
  }

  /**
   * A request got no page. A kernel that panics says no more; this one goes on, and says it as
   * often as it would report kills.
   *
   * @param wanted whether somebody wants to know what there is to say even if it is not written
   * @return what there is to say, if it was written or wanted; null for nothing
   */
  @Nullable String denied(KernelVoice.Denial denial, boolean wanted) {
    if (!voice.tells(machine, denial)) {
      return null; // and does not count as suppressed
    }
    long now = machine.timeMicros();
    boolean failure = denial.would() == KernelWould.FAIL;
    long suppressed = (failure ? failures : kills).admit(now);
    boolean written = suppressed != RateLimit.SUPPRESSED;
    if (!written && !wanted) {
      return null;
    }
    String report = voice.denial(machine, machine.memory(), machine.reclaim().counts(), denial);
    if (written) {
      String by = failure ? "warn_alloc" : "oom_kill_process";
      log.add(now, callbacks(by, suppressed) + report);
    }
    return report;
  }

  /** What there would be to say of a request that was tried on a fork; null for nothing. */
  @Nullable String foretold(KernelVoice.Denial denial, MachineFork fork) {
    return voice.tells(machine, denial)
        ? voice.denial(machine, fork.memory(), fork.reclaim().counts(), denial)
        : null;
  }

  private static String callbacks(String by, long suppressed) {
    return suppressed > 0 ? "%s: %d callbacks suppressed\n".formatted(by, suppressed) : "";
  }
}
