package dev.buddyd.mm.alloc;

/** The frame tables' budget has no room for what the request may touch; nothing was changed. */
public final class FrameTableExhaustedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  FrameTableExhaustedException(long limitBytes) {
    super("the frame tables of all machines may take " + limitBytes + " bytes together");
  }
}
