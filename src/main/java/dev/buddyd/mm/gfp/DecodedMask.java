package dev.buddyd.mm.gfp;

import java.util.Set;

/**
 * A mask together with the kernel whose numbers it is written in.
 *
 * @param number the mask as that kernel has it, unsigned 32 bits
 * @param layout that kernel's numbers
 */
public record DecodedMask(int number, GfpLayout layout) {

  /** A mask in 6.12 numbers. */
  public static DecodedMask of(GfpMask mask) {
    return new DecodedMask(mask.bits(), GfpLayout.REFERENCE);
  }

  /** The flags that are set. */
  public Set<GfpFlag> flags() {
    return layout.flagsIn(number);
  }

  /** The bits that no flag of that kernel owns; not an error, vendors add their own (G-54). */
  public int unknownBits() {
    return layout.unknownBits(number);
  }

  /** What the mask means in 6.12 (G-56); a kernel with 6.12's numbers keeps its unknown bits. */
  public GfpMask modern() {
    boolean same = layout.hasNumbersOf(GfpLayout.REFERENCE);
    return new GfpMask(same ? number : layout.toModern(number));
  }

  /** The mask in that kernel's names, empty for 0 (G-40). */
  public String print() {
    return layout.print(number);
  }

  /** The number as reports print it: {@code 0x24000c0}. */
  public String toHex() {
    return GfpPrinter.hex(number);
  }
}
