package dev.buddyd.mm;

/**
 * One way in which a machine contradicts itself.
 *
 * @param rule id of the spec rule that does not hold
 * @param node the node it was found on
 * @param zone name of the zone, such as {@code Normal}
 * @param pfn the frame it is about, or {@link #NO_PFN}
 * @param sentence what is wrong, with the numbers
 */
public record Violation(String rule, int node, String zone, long pfn, String sentence) {

  /** "No frame": the violation is about a counter or a zone as a whole. */
  public static final long NO_PFN = -1;

  @Override
  public String toString() {
    return "%s node %d zone %s%s: %s"
        .formatted(rule, node, zone, pfn == NO_PFN ? "" : " pfn 0x%x".formatted(pfn), sentence);
  }
}
