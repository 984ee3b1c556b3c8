package dev.buddyd.mm.zone;

import org.jspecify.annotations.Nullable;

/**
 * Which zone a frame lies in, at one look: the machine's frames in equal chunks, and for each chunk
 * that one zone spans wholly, that zone. Where zones meet, somebody else has to look.
 */
final class ZoneByPfn {

  /** Chunks at most: a table that stays in a near cache. */
  private static final int MOST_CHUNKS = 4096;

  private final @Nullable Zone[] chunks;
  private final int shift;

  /**
   * @param zones zones that do not overlap, ascending
   */
  ZoneByPfn(Zone[] zones) {
    long end = zones.length == 0 ? 0 : zones[zones.length - 1].span().endPfn();
    int bits = 0;
    while (end >>> bits > MOST_CHUNKS) {
      bits++;
    }
    this.shift = bits;
    this.chunks = new Zone[(int) (end >>> bits)];
    for (Zone zone : zones) {
      long first = (zone.span().startPfn() + (1L << bits) - 1) >>> bits;
      long after = zone.span().endPfn() >>> bits;
      for (long chunk = first; chunk < after; chunk++) {
        chunks[(int) chunk] = zone;
      }
    }
  }

  /** The zone that spans a frame, or null if that is not known from its chunk alone. */
  @Nullable Zone at(long pfn) {
    long chunk = pfn >>> shift;
    return chunk < chunks.length ? chunks[(int) chunk] : null;
  }
}
