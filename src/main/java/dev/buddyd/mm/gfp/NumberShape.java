package dev.buddyd.mm.gfp;

import static dev.buddyd.mm.gfp.GfpEra.*;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Which eras a bare number looks like: G-57.4, the first line that holds and that the rest of the
 * report allows.
 */
final class NumberShape {

  private record Line(IntPredicate holds, Set<GfpEra> eras) {}

  private static final int RECLAIM_SINCE_E = 0xc00;

  private static final List<Line> LINES =
      List.of(
          new Line(n -> all(n, 0x2400000) || all(n, 0x2080020), EnumSet.of(B)),
          new Line(n -> (all(n, 0x1400000) && none(n, 0x10)) || all(n, 0x1080020), EnumSet.of(C)),
          new Line(
              n -> (all(n, 0x600000) && none(n, RECLAIM_SINCE_E)) || all(n, 0x480020),
              EnumSet.of(D)),
          new Line(n -> all(n, 0x1000000) && !none(n, RECLAIM_SINCE_E), EnumSet.of(F)),
          new Line(n -> all(n, 0xa20), EnumSet.of(E, F, G)),
          new Line(n -> all(n, 0x820), EnumSet.of(H)),
          new Line(n -> !none(n, RECLAIM_SINCE_E), EnumSet.of(E, F, G, H)),
          new Line(n -> true, EnumSet.of(A)));

  private NumberShape() {}

  /** The eras that the number looks like, among {@code allowed}; all of those if it fits none. */
  static Set<GfpEra> eras(int number, Set<GfpEra> allowed) {
    for (Line line : LINES) {
      Set<GfpEra> eras = EnumSet.copyOf(line.eras);
      eras.retainAll(allowed);
      if (line.holds.test(number) && !eras.isEmpty()) {
        return eras;
      }
    }
    return allowed;
  }

  private static boolean all(int number, int bits) {
    return (number & bits) == bits;
  }

  private static boolean none(int number, int bits) {
    return (number & bits) == 0;
  }
}
