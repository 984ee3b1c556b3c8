package dev.buddyd.replay.recording;

/** The frame tables of the recorded machine would not fit into the budget of all machines. */
public final class FrameTablesFullException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Says how much there is. */
  public FrameTablesFullException(long limitBytes) {
    super("the frame tables of all machines may take " + limitBytes + " bytes together");
  }
}
