package dev.buddyd.mm.gfp;

import java.util.List;
import java.util.Set;

/**
 * A mask of a report, read with the numbers of the kernel that most likely printed it (G-57).
 *
 * @param mask the mask and the layout that reads it
 * @param fitting all eras that the evidence allows, the chosen one among them
 * @param certainty what the choice rests on
 * @param unknownNames printed names that no kernel is known to have: vendor flags, or cut text
 * @param sentence why this era
 */
public record GfpReading(
    DecodedMask mask,
    Set<GfpEra> fitting,
    Certainty certainty,
    List<String> unknownNames,
    String sentence) {

  /** What a reading rests on, the surest first. */
  public enum Certainty {
    /** The report names its kernel and nothing contradicts it (G-57.1). */
    STATED,
    /** Number and names agree in the fitting eras (G-57.2); their flags are the same in each. */
    MATCHED,
    /** The names decide; there is no number, or it fits none of the kernels (G-57.3, G-43). */
    NAMED,
    /** The number alone; a guess (G-57.4). */
    GUESSED
  }

  public GfpReading {
    fitting = Set.copyOf(fitting);
    unknownNames = List.copyOf(unknownNames);
  }

  /** The chosen era. */
  public GfpEra era() {
    return mask.layout().era();
  }
}
