package dev.buddyd.mm.trace;

/**
 * Hears each decision while it is made, with the lock held that makes it visible. Implementations
 * must be quick, must not block and must not call back into the memory manager.
 */
public interface Trace {

  /** "No zone": the decision is not about one. */
  int NO_ZONE = -1;

  /**
   * A decision was made.
   *
   * @param zone ordinal of the zone in the machine, or {@link #NO_ZONE}
   * @param v0 first value, named by {@link Decision#valueName}; unused values are 0
   */
  void decided(Decision decision, int zone, long v0, long v1, long v2, long v3, long v4, long v5);

  /** A watermark test was made (Z-41, Z-42); all quantities are pages. */
  void watermark(WatermarkVerdict verdict);

  /** Whether watermark tests are to be told; makes the record only if somebody reads it. */
  boolean wantsWatermarks();

  default void decided(Decision decision, int zone) {
    decided(decision, zone, 0, 0, 0, 0, 0, 0);
  }

  default void decided(Decision decision, int zone, long v0) {
    decided(decision, zone, v0, 0, 0, 0, 0, 0);
  }

  default void decided(Decision decision, int zone, long v0, long v1) {
    decided(decision, zone, v0, v1, 0, 0, 0, 0);
  }

  default void decided(Decision decision, int zone, long v0, long v1, long v2) {
    decided(decision, zone, v0, v1, v2, 0, 0, 0);
  }

  default void decided(Decision decision, int zone, long v0, long v1, long v2, long v3) {
    decided(decision, zone, v0, v1, v2, v3, 0, 0);
  }

  default void decided(Decision decision, int zone, long v0, long v1, long v2, long v3, long v4) {
    decided(decision, zone, v0, v1, v2, v3, v4, 0);
  }
}
