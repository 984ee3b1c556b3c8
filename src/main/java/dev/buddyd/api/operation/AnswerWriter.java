package dev.buddyd.api.operation;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Writes answer lines into one buffer, and the buffer to the client when it is full or wanted. */
final class AnswerWriter {

  private static final int FULL = 24 << 10;
  private static final byte[] HEX = Ascii.bytes("0123456789abcdef");

  private static final byte[] LINE = Ascii.bytes("{\"line\":");
  private static final byte[] OP = Ascii.bytes(",\"op\":\"");
  private static final byte[] ID = Ascii.bytes(",\"id\":\"");

  private final OutputStream out;
  private final JsonMapper json;
  private byte[] buffer = new byte[2 * FULL];
  private int filled;

  AnswerWriter(OutputStream out, JsonMapper json) {
    this.out = out;
    this.json = json;
  }

  /** Begins an answer with what is known of its line. */
  void begin(long line, @Nullable OperationKind kind, @Nullable ParsedLine parsed) {
    raw(LINE);
    number(line);
    if (kind != null) {
      raw(OP);
      raw(kind.jsonBytes());
      quote();
    }
    if (parsed != null && parsed.has(Field.ID)) {
      raw(ID);
      int from = parsed.from(Field.ID);
      int to = parsed.to(Field.ID);
      if (parsed.plain()) {
        raw(parsed.text(), from, to);
      } else {
        escaped(parsed.text(), from, to);
      }
      quote();
    }
  }

  /** A member whose value is a number. */
  void member(byte[] prefix, long value) {
    raw(prefix);
    number(value);
  }

  /** A member whose value is an array of numbers. */
  void member(byte[] prefix, long[] values, int count) {
    raw(prefix);
    put('[');
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        put(',');
      }
      number(values[i]);
    }
    put(']');
  }

  /** A member with a value of any kind. */
  void member(byte[] prefix, Object value) {
    raw(prefix);
    raw(json.writeValueAsBytes(value));
  }

  /** Ends the line; a full buffer is written. */
  void end() throws IOException {
    put('}');
    put('\n');
    if (filled >= FULL) {
      write();
    }
  }

  /** Hands over to the client what is there. */
  void flush() throws IOException {
    if (filled > 0) {
      write();
      out.flush();
    }
  }

  private void write() throws IOException {
    out.write(buffer, 0, filled);
    filled = 0;
  }

  private void quote() {
    put('"');
  }

  private void put(int b) {
    room(1);
    buffer[filled++] = (byte) b;
  }

  void raw(byte[] bytes) {
    raw(bytes, 0, bytes.length);
  }

  private void raw(byte[] bytes, int from, int to) {
    room(to - from);
    System.arraycopy(bytes, from, buffer, filled, to - from);
    filled += to - from;
  }

  /** UTF-8 text as the inside of a JSON string. */
  private void escaped(byte[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = text[i];
      if (b == '"' || b == '\\') {
        put('\\');
        put(b);
      } else if (b >= 0 && b < ' ') {
        raw("\\u00".getBytes(StandardCharsets.US_ASCII));
        put(HEX[b >> 4]);
        put(HEX[b & 0xf]);
      } else {
        put(b);
      }
    }
  }

  private void number(long value) {
    room(20);
    long rest = value;
    if (rest < 0) {
      if (rest == Long.MIN_VALUE) {
        raw(Ascii.bytes(Long.toString(rest)));
        return;
      }
      buffer[filled++] = '-';
      rest = -rest;
    }
    int digits = 1;
    for (long power = 10; digits < 19 && rest >= power; power *= 10) {
      digits++;
    }
    int at = filled + digits;
    filled = at;
    do {
      long tenth = rest / 10;
      buffer[--at] = (byte) ('0' + (int) (rest - 10 * tenth));
      rest = tenth;
    } while (rest != 0);
  }

  private void room(int bytes) {
    if (buffer.length - filled < bytes) {
      buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, filled + bytes));
    }
  }
}
