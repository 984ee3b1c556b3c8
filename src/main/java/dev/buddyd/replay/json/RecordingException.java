package dev.buddyd.replay.json;

/** What was sent is no sound recording; says where and why. */
public final class RecordingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int line;
  private final String field;
  private final String sentence;

  /**
   * @param line line of the JSON text, from 1; 0 where it is not known
   * @param field path of the field, such as {@code before.nodes[0].zones[1].managed}
   * @param sentence what is wrong, without place
   */
  public RecordingException(int line, String field, String sentence) {
    super(line > 0 ? place(line, field) + ": " + sentence : sentence);
    this.line = line;
    this.field = field;
    this.sentence = sentence;
  }

  private static String place(int line, String field) {
    return "line " + line + (field.isEmpty() ? "" : ", " + field);
  }

  /** Line of the JSON text, from 1; 0 where it is not known. */
  public int line() {
    return line;
  }

  /** Path of the field. */
  public String field() {
    return field;
  }

  /** What is wrong, without the place. */
  public String sentence() {
    return sentence;
  }
}
