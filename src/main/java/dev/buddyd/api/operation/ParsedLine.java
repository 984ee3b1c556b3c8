package dev.buddyd.api.operation;

import dev.buddyd.machine.MachineSession;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The fields of the line under way. One object for all lines of a request: texts are ranges of
 * bytes, numbers are primitive.
 */
final class ParsedLine {

  private static final int FIELDS = Field.values().length;

  private byte[] text = new byte[0];
  private final int[] from = new int[FIELDS];
  private final int[] to = new int[FIELDS];
  private final long[] number = new long[FIELDS];
  private int present;
  private boolean plain;

  /**
   * Begins a line whose texts lie in a buffer as they were sent.
   *
   * @param buffer plain ASCII wherever a text will be
   */
  void begin(byte[] buffer) {
    text = buffer;
    present = 0;
    plain = true;
  }

  /** Takes over a line that a JSON reader has read. */
  void load(OperationLine line) {
    text = new byte[0];
    present = 0;
    plain = false;
    put(Field.OP, line.op());
    put(Field.ID, line.id());
    put(Field.GFP, line.gfp());
    put(Field.CALL, line.call());
    put(Field.USE, line.use());
    put(Field.OWNER, line.owner());
    put(Field.ORDER, line.order());
    put(Field.SIZE_BYTES, line.sizeBytes());
    put(Field.NODE, line.node());
    put(Field.CPU, line.cpu());
    put(Field.PFN, line.pfn() == null ? null : line.pfn().value());
    put(Field.COUNT, line.count());
    put(Field.FORCE, line.force());
    put(Field.DIRTY, line.dirty());
  }

  private void put(Field field, @Nullable Boolean value) {
    if (value != null) {
      put(field, value ? 1 : 0);
    }
  }

  private void put(Field field, @Nullable String value) {
    if (value != null) {
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      int start = text.length;
      text = Arrays.copyOf(text, start + bytes.length);
      System.arraycopy(bytes, 0, text, start, bytes.length);
      put(field, start, start + bytes.length);
    }
  }

  private void put(Field field, @Nullable Number value) {
    if (value != null) {
      put(field, value.longValue());
    }
  }

  void put(Field field, int start, int end) {
    present |= field.bit();
    from[field.ordinal()] = start;
    to[field.ordinal()] = end;
  }

  void put(Field field, long value) {
    present |= field.bit();
    number[field.ordinal()] = value;
  }

  /** Fields that are there and not null, as bits. */
  int present() {
    return present;
  }

  boolean has(Field field) {
    return (present & field.bit()) != 0;
  }

  /** The bytes that texts lie in; not to be written. */
  byte[] text() {
    return text;
  }

  int from(Field field) {
    return from[field.ordinal()];
  }

  int to(Field field) {
    return to[field.ordinal()];
  }

  /** Whether texts can be written between quotation marks as they are. */
  boolean plain() {
    return plain;
  }

  /** A text, or null. */
  @Nullable String string(Field field) {
    return has(field)
        ? new String(text, from(field), to(field) - from(field), StandardCharsets.UTF_8)
        : null;
  }

  long number(Field field) {
    return number[field.ordinal()];
  }

  /** A number for a session: no number of a client is taken for "not given". */
  int given(Field field, int absent) {
    return has(field) ? (int) Math.max(number(field), MachineSession.ANY + 1) : absent;
  }

  int given(Field field) {
    return given(field, MachineSession.ANY);
  }
}
