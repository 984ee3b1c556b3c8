package dev.buddyd.procfs.host;

/** The files of a host contradict themselves or each other, or lack something. */
public final class InvalidHostException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int line;
  private final String field;

  /**
   * @param line line of the text from 1, or 0 if no line is to blame
   * @param field what is wrong there
   */
  InvalidHostException(int line, String field, String reason) {
    super(line > 0 ? "line %d, %s: %s".formatted(line, field, reason) : field + ": " + reason);
    this.line = line;
    this.field = field;
  }

  /** Line of the text, from 1; 0 if no line is to blame. */
  public int line() {
    return line;
  }

  public String field() {
    return field;
  }
}
