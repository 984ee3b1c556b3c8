package dev.buddyd.replay.trace;

import dev.buddyd.mm.gfp.DecodedMask;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.GfpLayout;
import dev.buddyd.mm.gfp.GfpParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Masks of a trace in 6.12 bits; each text is read once. */
final class TraceMasks {

  private static final int REMEMBERED = 4096;
  private static final int UNREADABLE = -1;

  private final GfpLayout layout;
  private final List<String> types;
  private final Map<String, Integer> known = new HashMap<>();
  private long unreadable;

  /**
   * @param layout whose bit values a number has
   * @param types names of the migratetypes by their number
   */
  TraceMasks(GfpLayout layout, List<String> types) {
    this.layout = layout;
    this.types = types;
  }

  /** Allocations whose mask could not be read. */
  long unreadable() {
    return unreadable;
  }

  /** The mask of an allocation; by its migratetype if its own text says nothing. */
  int of(TraceEvent event) {
    String text = event.mask();
    int mask = text == null ? UNREADABLE : read(text);
    if (mask != UNREADABLE) {
      return mask;
    }
    unreadable++;
    return switch (event.type() < 0 ? "" : types.get(event.type() % types.size())) {
      case "MOVABLE" -> Gfp.GFP_HIGHUSER_MOVABLE;
      case "RECLAIMABLE" -> Gfp.GFP_KERNEL | Gfp.RECLAIMABLE;
      default -> Gfp.GFP_KERNEL;
    };
  }

  private int read(String text) {
    Integer mask = known.get(text);
    if (mask == null) {
      mask = parse(text);
      if (known.size() < REMEMBERED) {
        known.put(text, mask);
      }
    }
    return mask;
  }

  private int parse(String text) {
    try {
      int bits = new DecodedMask(layout.parse(text).number(), layout).modern().bits() & Gfp.VALID;
      return sound(bits) ? bits : UNREADABLE;
    } catch (GfpParseException e) {
      return UNREADABLE;
    }
  }

  /** Whether the mask names at most one zone and one mobility (G-21, G-30). */
  private static boolean sound(int bits) {
    return Integer.bitCount(bits & (Gfp.DMA | Gfp.HIGHMEM | Gfp.DMA32)) <= 1
        && (bits & Gfp.MIGRATETYPE_MASK) != Gfp.MIGRATETYPE_MASK;
  }

  /** A mask in names. */
  static String print(@Nullable String recorded, int mask) {
    return recorded != null ? recorded : Integer.toHexString(mask);
  }
}
