package dev.buddyd.diagnosis.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an OOM report says beyond the zones (F-80, F-81).
 *
 * @param constraint {@code CONSTRAINT_NONE}, {@code _CPUSET}, {@code _MEMORY_POLICY}, {@code
 *     _MEMCG}; null when not printed (before 5.0)
 * @param memcg path of the memory cgroup whose limit was reached, or null
 * @param memcgUsageKb "memory: usage", or null
 * @param memcgLimitKb "memory: limit", or null
 * @param victims the processes that were killed, in printed order
 * @param panicked whether the kernel panicked because nothing was left to kill
 */
public record OomFacts(
    @Nullable String constraint,
    @Nullable String memcg,
    @Nullable Long memcgUsageKb,
    @Nullable Long memcgLimitKb,
    List<Victim> victims,
    boolean panicked) {

  /** A killed process. */
  public record Victim(long pid, String name) {}

  public OomFacts {
    victims = List.copyOf(victims);
  }
}
