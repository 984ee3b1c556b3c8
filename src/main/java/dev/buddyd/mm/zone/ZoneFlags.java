package dev.buddyd.mm.zone;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A zone's flag bits (spec 00, zone state 6); set and cleared by anybody, without a lock. */
public final class ZoneFlags {

  /** Kick kswapd at the next allocation (B-42, F-14). */
  public static final int BOOSTED = 1;

  /** kswapd is scanning this zone (P-35.3). */
  public static final int RECLAIMING = 1 << 1;

  /** Free pages dropped under high (F-12, P-33.6). */
  public static final int BELOW_HIGH = 1 << 2;

  private static final VarHandle BITS;

  static {
    try {
      BITS = MethodHandles.lookup().findVarHandle(ZoneFlags.class, "bits", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile int bits;

  ZoneFlags(int bits) {
    this.bits = bits;
  }

  public boolean has(int flag) {
    return (bits & flag) != 0;
  }

  /** Sets a flag; says whether this call did it. */
  public boolean set(int flag) {
    return !has(flag) && ((int) BITS.getAndBitwiseOr(this, flag) & flag) == 0;
  }

  /** Clears a flag; says whether this call did it. */
  public boolean clear(int flag) {
    return has(flag) && ((int) BITS.getAndBitwiseAnd(this, ~flag) & flag) != 0;
  }

  /** All bits as {@code zone->flags} shows them. */
  public int bits() {
    return bits;
  }

  /** Sets all bits outright: restore. */
  public void load(int value) {
    bits = value;
  }
}
