package dev.buddyd.mm.gfp;

import java.util.List;

/**
 * A request mask in 6.12 bits (G-1), for the edges of the program; the allocator itself works on
 * {@link #bits}. Any 32 bits make a mask: {@link #problems} tells what 6.12 would not accept.
 *
 * @param bits unsigned 32 bits
 */
public record GfpMask(int bits) {

  /**
   * Reads a mask in any spelling of people, reports and traces, historical names included (G-43,
   * G-50): {@code GFP_KERNEL|__GFP_COMP}, {@code 0x40cc0}, {@code none}.
   *
   * @throws GfpParseException if a part is neither a number nor a name that any kernel knew
   */
  public static GfpMask parse(String text) {
    return new GfpMask(GfpLayout.REFERENCE.parse(text).number());
  }

  /** Whether all of these bits are set. */
  public boolean has(int flags) {
    return (bits & flags) == flags;
  }

  /** This mask with these bits set as well. */
  public GfpMask with(int flags) {
    return new GfpMask(bits | flags);
  }

  /** This mask with these bits cleared. */
  public GfpMask without(int flags) {
    return new GfpMask(bits & ~flags);
  }

  /** What keeps 6.12 from granting this mask as it stands; empty for a sound one (G-20, G-30). */
  public List<GfpProblem> problems() {
    return GfpProblem.of(bits);
  }

  /** Names as in a failure report ({@code %pGg}, G-40); empty for 0. */
  public String print() {
    return GfpLayout.REFERENCE.print(bits);
  }

  /** Names as in a trace ({@code gfp_flags=}, G-41); {@code none} for 0. */
  public String printTrace() {
    return GfpLayout.REFERENCE.printTrace(bits);
  }

  /** The number as reports print it: {@code 0xcc0}, {@code 0x0}. */
  public String toHex() {
    return GfpPrinter.hex(bits);
  }

  /** As in a failure report: {@code 0xcc0(GFP_KERNEL)}, {@code 0x0()} (F-70, G-40). */
  public String printReport() {
    return toHex() + "(" + print() + ")";
  }

  /** Names as in a trace. */
  @Override
  public String toString() {
    return printTrace();
  }
}
