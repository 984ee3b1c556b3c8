package dev.buddyd.mm.gfp;

import java.util.ArrayList;
import java.util.List;

/**
 * One bit of a mask, for people.
 *
 * @param name the flag's name in its kernel, or the bit as hexadecimal where it has none
 * @param value the bit in its kernel
 * @param modernBits the 6.12 bits that stand for it, 0 if nothing does
 * @param sentence what it asks for
 */
public record FlagNote(String name, int value, int modernBits, String sentence) {

  /** All set bits of a mask, lowest first. */
  static List<FlagNote> of(DecodedMask mask) {
    List<FlagNote> notes = new ArrayList<>();
    for (GfpFlag flag : mask.flags()) {
      int value = mask.layout().valueOf(flag);
      notes.add(new FlagNote(flag.symbol(), value, flag.modernBits(), flag.meaning()));
    }
    for (int rest = mask.unknownBits(); rest != 0; rest &= rest - 1) {
      int bit = Integer.lowestOneBit(rest);
      notes.add(new FlagNote(GfpPrinter.hex(bit), bit, 0, unknown(bit, mask.layout())));
    }
    notes.sort((a, b) -> Integer.compareUnsigned(a.value, b.value));
    return List.copyOf(notes);
  }

  private static String unknown(int bit, GfpLayout layout) {
    if (bit == Gfp.UNUSED_0X200 && layout.era() == GfpEra.H) {
      return "Unused and ignored; until 6.2 it was __GFP_ATOMIC."; // G-1
    }
    return "No flag of %s has this bit; vendors add some of their own.".formatted(layout.version());
  }
}
