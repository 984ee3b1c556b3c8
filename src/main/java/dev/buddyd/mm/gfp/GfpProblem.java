package dev.buddyd.mm.gfp;

import java.util.ArrayList;
import java.util.List;

/**
 * Why a mask cannot be granted as it stands.
 *
 * @param bits the offending bits
 * @param sentence what is wrong
 * @param kernelWould what 6.12 does with such a request
 */
public record GfpProblem(Kind kind, int bits, String sentence, String kernelWould) {

  /** What is wrong with a mask. */
  public enum Kind {
    /** More than one of DMA, DMA32 and HIGHMEM (G-20). */
    ZONES_CONTRADICT,
    /** Both MOVABLE and RECLAIMABLE (G-30). */
    TYPES_CONTRADICT,
    /** Bits above those that 6.12 uses (G-2). */
    UNKNOWN_BITS
  }

  private static final int ONE_OF = Gfp.DMA | Gfp.HIGHMEM | Gfp.DMA32;

  /** The problems of a 6.12 mask, none for a sound one. */
  static List<GfpProblem> of(int gfp) {
    List<GfpProblem> problems = new ArrayList<>();
    int zones = gfp & ONE_OF;
    if (Integer.bitCount(zones) > 1) { // G-20
      problems.add(
          new GfpProblem(
              Kind.ZONES_CONTRADICT,
              zones,
              names(zones) + " ask for different zones; at most one of them can be given.",
              "A debug kernel stops with a BUG; any other silently uses its lowest zone.")); // G-21
    }
    if ((gfp & Gfp.MIGRATETYPE_MASK) == Gfp.MIGRATETYPE_MASK) { // G-30
      problems.add(
          new GfpProblem(
              Kind.TYPES_CONTRADICT,
              Gfp.MIGRATETYPE_MASK,
              "__GFP_MOVABLE and __GFP_RECLAIMABLE ask for different pageblocks; only one of them"
                  + " can be given.",
              "A debug kernel warns; any other takes the page from a per-CPU list that belongs to"
                  + " another order."));
    }
    int unknown = gfp & ~Gfp.VALID;
    if (unknown != 0) { // G-2
      problems.add(
          new GfpProblem(
              Kind.UNKNOWN_BITS,
              unknown,
              "%s has no meaning in 6.12, whose masks end at %s.%s"
                  .formatted(GfpPrinter.hex(unknown), GfpPrinter.hex(Gfp.VALID), older(gfp)),
              "The allocator drops the bits that it does not know.")); // F-2
    }
    return problems;
  }

  private static String names(int zones) {
    return GfpLayout.REFERENCE.flagsIn(zones).stream()
        .map(GfpFlag::symbol)
        .reduce((a, b) -> a + " and " + b)
        .orElseThrow();
  }

  /** Numbers moved over time (G-51): a mask that is senseless today is often an older kernel's. */
  private static String older(int gfp) {
    GfpReading reading = GfpEras.infer(GfpEvidence.ofNumber(gfp));
    boolean explains = reading.mask().unknownBits() == 0 && reading.era() != GfpEra.H;
    return explains
        ? " As a number of kernels %s it would be %s."
            .formatted(reading.era().releases(), reading.mask().print())
        : "";
  }
}
