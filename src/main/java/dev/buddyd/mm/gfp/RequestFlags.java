package dev.buddyd.mm.gfp;

/**
 * What a request may do in a zone, derived from its mask (spec 00, F-7 and F-20). An {@code int} of
 * these bits travels with every attempt to allocate.
 */
public final class RequestFlags {

  /**
   * Mask of the two bits that name the watermark: {@link #WM_MIN}, {@link #WM_LOW}, {@link
   * #WM_HIGH}.
   */
  public static final int WM_MASK = 0x3;

  public static final int WM_MIN = 0;
  public static final int WM_LOW = 1;
  public static final int WM_HIGH = 2;

  /** Ignore watermarks entirely. */
  public static final int NOWM = 0x4;

  /** The caller is an OOM victim. */
  public static final int VICTIM = 0x8;

  /** The caller cannot enter direct reclaim and did not say {@code __GFP_NOMEMALLOC}. */
  public static final int NONBLOCK = 0x10;

  /** {@code __GFP_HIGH}: part of the min reserve may be used. */
  public static final int RESERVE = 0x20;

  /** Obey the cpuset. */
  public static final int CPUSET = 0x40;

  /** May take from CMA pageblocks. */
  public static final int USECMA = 0x80;

  /** First pass: do not mix migratetypes inside a pageblock. */
  public static final int NOMIX = 0x100;

  /** May take from HIGHATOMIC lists first: non-blocking {@code __GFP_HIGH} of order above 0. */
  public static final int HATOM = 0x200;

  /** {@code __GFP_KSWAPD_RECLAIM} was given. */
  public static final int WAKE = 0x400;

  /** Any of these makes a request one that is allowed below min. */
  public static final int DEEP = NONBLOCK | RESERVE | HATOM | VICTIM;

  private RequestFlags() {}
}
