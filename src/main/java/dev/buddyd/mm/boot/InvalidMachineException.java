package dev.buddyd.mm.boot;

/** A machine description, or a state to load, that cannot be: says which field and why. */
public final class InvalidMachineException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String field;

  public InvalidMachineException(String field, String message) {
    super(field + ": " + message);
    this.field = field;
  }

  /** Path of the offending field, such as {@code nodes[1].cpus}. */
  public String field() {
    return field;
  }
}
