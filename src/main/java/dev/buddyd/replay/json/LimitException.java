package dev.buddyd.replay.json;

/** What was sent is larger than this service takes. */
public final class LimitException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String limit;
  private final long value;

  /**
   * @param limit name of the limit, in snake case with its unit
   * @param value the limit
   */
  public LimitException(String limit, long value) {
    super("more than the limit " + limit + " = " + value);
    this.limit = limit;
    this.value = value;
  }

  /** Name of the limit, in snake case with its unit. */
  public String limit() {
    return limit;
  }

  public long value() {
    return value;
  }
}
