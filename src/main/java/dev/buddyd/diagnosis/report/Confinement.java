package dev.buddyd.diagnosis.report;

import org.jspecify.annotations.Nullable;

/**
 * What confined the request to some nodes, as printed.
 *
 * @param nodemask {@code (null)}, a list such as {@code 0-1}, or null when not printed (before
 *     4.10)
 * @param cpuset the name of the cpuset, or null when not printed
 * @param memsAllowed the node list of the cpuset, or null when not printed
 */
public record Confinement(
    @Nullable String nodemask, @Nullable String cpuset, @Nullable String memsAllowed) {

  /** Nothing was printed. */
  public static final Confinement UNKNOWN = new Confinement(null, null, null);
}
