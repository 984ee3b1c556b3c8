package dev.buddyd.replay.json;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * Writes JSON values compactly, as the recorder does: no blanks, strings with the short escapes.
 */
public final class JsonText {

  private static final String HEX = "0123456789abcdef";

  private JsonText() {}

  /** The text of a value. */
  public static String of(Json value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  /** Appends the text of a value. */
  public static void write(Json value, Appendable out) {
    try {
      append(value, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Appends a separator and the text of a value. */
  public static void write(Json value, Appendable out, String separator) {
    try {
      out.append(separator);
      append(value, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void append(Json value, Appendable out) throws IOException {
    switch (value) {
      case Json.Whole whole -> out.append(Long.toString(whole.value()));
      case Json.Text text -> string(text.value(), out);
      case Json.Other other -> out.append(other.written());
      case Json.Numbers numbers -> {
        char before = '[';
        for (long number : numbers.values()) {
          out.append(before).append(Long.toString(number));
          before = ',';
        }
        out.append(']');
      }
      case Json.Arr arr -> {
        out.append('[');
        String before = "";
        for (Json item : arr.items()) {
          out.append(before);
          append(item, out);
          before = ",";
        }
        out.append(']');
      }
      case Json.Obj obj -> {
        out.append('{');
        String before = "";
        for (Map.Entry<String, Json> member : obj.members().entrySet()) {
          out.append(before);
          string(member.getKey(), out);
          out.append(':');
          append(member.getValue(), out);
          before = ",";
        }
        out.append('}');
      }
    }
  }

  /** Appends a string with its quotes. */
  public static void string(String text, Appendable out) throws IOException {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xf));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
