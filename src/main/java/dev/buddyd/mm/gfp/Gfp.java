package dev.buddyd.mm.gfp;

/**
 * The flags of a GFP mask as Linux 6.12 numbers them (G-1), for code that works on the plain {@code
 * int}. Masks are unsigned 32-bit; only the low {@value #BITS} bits have a meaning.
 *
 * <p>Names follow the kernel's without the {@code __GFP_} prefix; compound masks (G-3) keep {@code
 * GFP_}.
 */
public final class Gfp {

  // G-1: zone modifiers, the low four bits
  public static final int DMA = 0x1;
  public static final int HIGHMEM = 0x2;
  public static final int DMA32 = 0x4;
  public static final int MOVABLE = 0x8;

  // G-1: mobility, watermark and reclaim behaviour, action
  public static final int RECLAIMABLE = 0x10;
  public static final int HIGH = 0x20;
  public static final int IO = 0x40;
  public static final int FS = 0x80;
  public static final int ZERO = 0x100;

  /** Was {@code __GFP_ATOMIC} before 6.3; ignored by 6.12. */
  public static final int UNUSED_0X200 = 0x200;

  public static final int DIRECT_RECLAIM = 0x400;
  public static final int KSWAPD_RECLAIM = 0x800;
  public static final int WRITE = 0x1000;
  public static final int NOWARN = 0x2000;
  public static final int RETRY_MAYFAIL = 0x4000;
  public static final int NOFAIL = 0x8000;
  public static final int NORETRY = 0x10000;
  public static final int MEMALLOC = 0x20000;
  public static final int COMP = 0x40000;
  public static final int NOMEMALLOC = 0x80000;
  public static final int HARDWALL = 0x100000;
  public static final int THISNODE = 0x200000;
  public static final int ACCOUNT = 0x400000;
  public static final int ZEROTAGS = 0x800000;

  /** G-2: the only optional flag that distribution kernels for x86_64 build. */
  public static final int NO_OBJ_EXT = 0x1000000;

  /** Number of bits in use (G-2). */
  public static final int BITS = 25;

  /** Every bit that a 6.12 mask may carry, the unused {@code 0x200} included (G-2). */
  public static final int VALID = (1 << BITS) - 1;

  /** The bits that choose the highest zone (G-20). */
  public static final int ZONE_MASK = DMA | HIGHMEM | DMA32 | MOVABLE;

  /** The bits that choose the migratetype (G-30), and how far to shift them down. */
  public static final int MIGRATETYPE_MASK = MOVABLE | RECLAIMABLE;

  public static final int MIGRATETYPE_SHIFT = 3;

  // G-3
  public static final int RECLAIM = DIRECT_RECLAIM | KSWAPD_RECLAIM;
  public static final int GFP_ATOMIC = HIGH | KSWAPD_RECLAIM;
  public static final int GFP_KERNEL = RECLAIM | IO | FS;
  public static final int GFP_KERNEL_ACCOUNT = GFP_KERNEL | ACCOUNT;
  public static final int GFP_NOWAIT = KSWAPD_RECLAIM | NOWARN;
  public static final int GFP_NOIO = RECLAIM;
  public static final int GFP_NOFS = RECLAIM | IO;
  public static final int GFP_USER = GFP_KERNEL | HARDWALL;
  public static final int GFP_DMA = DMA;
  public static final int GFP_DMA32 = DMA32;
  public static final int GFP_HIGHUSER = GFP_USER | HIGHMEM;
  public static final int GFP_HIGHUSER_MOVABLE = GFP_HIGHUSER | MOVABLE;
  public static final int GFP_TRANSHUGE_LIGHT =
      (GFP_HIGHUSER_MOVABLE | COMP | NOMEMALLOC | NOWARN) & ~RECLAIM;
  public static final int GFP_TRANSHUGE = GFP_TRANSHUGE_LIGHT | DIRECT_RECLAIM;

  private Gfp() {}

  /**
   * The type of page a mask asks for (G-30): 0 UNMOVABLE, 1 MOVABLE, 2 RECLAIMABLE; 3 is illegal.
   */
  public static int migratetype(int gfp) {
    return (gfp & MIGRATETYPE_MASK) >> MIGRATETYPE_SHIFT;
  }
}
