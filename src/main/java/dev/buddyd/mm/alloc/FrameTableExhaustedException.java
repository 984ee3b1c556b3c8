package dev.buddyd.mm.alloc;

/** The frame tables' budget has no room for what the request may touch; nothing was changed. */
public final class FrameTableExhaustedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final long limitBytes;

  FrameTableExhaustedException(long limitBytes) {
    super("the frame tables of all machines may take " + limitBytes + " bytes together");
    this.limitBytes = limitBytes;
  }

  /** The budget of all frame tables, in bytes. */
  public long limitBytes() {
    return limitBytes;
  }
}
