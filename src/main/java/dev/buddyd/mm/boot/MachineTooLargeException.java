package dev.buddyd.mm.boot;

/** A machine that exceeds a limit of this service; the message names the limit. */
public final class MachineTooLargeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public MachineTooLargeException(String field, String message) {
    super(field + ": " + message);
  }
}
