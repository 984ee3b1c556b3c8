package dev.buddyd.replay;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a replay first differed from what was recorded, and why this machine did what it did.
 *
 * @param where {@code operation}, {@code probe}, {@code after}, {@code proc_text} or {@code table}
 * @param operation line of {@code ops}, counted from 0; for a probe the last line before it; for a
 *     table the step, -1 for the boot; null where no operation is to blame
 * @param line line of the text
 * @param text the operation as recorded
 * @param path what differs
 * @param expected what was recorded
 * @param actual what this machine did
 * @param rule id of the spec rule that decided, if one did
 * @param sentence all of this in one sentence
 * @param decisions what the machine decided in this operation, in order
 * @param lists the lists involved, as they were before the operation
 */
public record FirstDifference(
    String where,
    @Nullable Integer operation,
    int line,
    @Nullable String text,
    String path,
    String expected,
    String actual,
    @Nullable String rule,
    String sentence,
    List<Decided> decisions,
    List<ListExcerpt> lists) {

  /**
   * One decision.
   *
   * @param rule id of the spec rule
   * @param decision its name
   * @param node node of the zone, or null
   * @param zone name of the zone, or null
   * @param values the numbers that went with it
   */
  public record Decided(
      String rule,
      String decision,
      @Nullable Integer node,
      @Nullable String zone,
      Map<String, Long> values) {}

  /**
   * The head of a list.
   *
   * @param kind {@code free} or {@code per_cpu}
   * @param cpu CPU of a per-CPU list, or null
   * @param size blocks on the list
   * @param pfns the first of them, head first
   */
  public record ListExcerpt(
      int node,
      String zone,
      String kind,
      @Nullable Integer cpu,
      int order,
      String migratetype,
      int size,
      List<Long> pfns) {}
}
