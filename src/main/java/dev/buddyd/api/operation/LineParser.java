package dev.buddyd.api.operation;

import dev.buddyd.api.problem.JsonProblems;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * Understands a line. The common form, a flat object of plain texts and whole numbers, is read here
 * byte by byte. Everything else, right or wrong, is left to the JSON reader of the other endpoints,
 * so that the same mistakes get the same answers.
 */
final class LineParser {

  private final ObjectReader reader;
  private byte[] bytes = new byte[0];
  private int at;
  private int end;

  LineParser(JsonMapper json) {
    this.reader = json.readerFor(OperationLine.class);
  }

  /**
   * Reads a line.
   *
   * @param into receives its fields; refers to the buffer afterwards
   * @throws ProblemException if the line is no object with these fields
   */
  void parse(byte[] buffer, int from, int to, ParsedLine into) {
    bytes = buffer;
    at = from;
    end = to;
    into.begin(buffer);
    if (!isPlainObject(into)) {
      into.load(readCarefully(from, to));
    }
  }

  private OperationLine readCarefully(int from, int to) {
    OperationLine line;
    try {
      line = reader.readValue(bytes, from, to - from);
    } catch (JacksonException e) {
      throw JsonProblems.ofLine(e);
    }
    if (line == null) {
      throw new ProblemException(ProblemType.INVALID_REQUEST, "the line must be an object");
    }
    return line;
  }

  private boolean isPlainObject(ParsedLine into) {
    if (next() != '{') {
      return false;
    }
    int seen = 0;
    while (true) {
      Field field = name();
      if (field == null || (seen & field.bit()) != 0 || next() != ':') {
        return false;
      }
      seen |= field.bit();
      if (!value(field, into)) {
        return false;
      }
      int separator = next();
      if (separator == '}') {
        return next() < 0;
      }
      if (separator != ',') {
        return false;
      }
    }
  }

  private @Nullable Field name() {
    if (next() != '"') {
      return null;
    }
    int start = at;
    return plainText() ? Field.of(bytes, start, at - 1) : null;
  }

  private boolean value(Field field, ParsedLine into) {
    int first = next();
    if (first == 'n') {
      return literal("ull");
    }
    if (field.isText()) {
      int start = at;
      if (first != '"' || !plainText()) {
        return false;
      }
      into.put(field, start, at - 1);
      return true;
    }
    if (field.isTruth()) {
      into.put(field, first == 't' ? 1 : 0);
      return first == 't' ? literal("rue") : first == 'f' && literal("alse");
    }
    return number(field, first, into);
  }

  /** Digits of a number that needs no thought: no sign, no leading zero, in range. */
  private boolean number(Field field, int first, ParsedLine into) {
    if (first < '0' || first > '9') {
      return false;
    }
    int start = at - 1;
    long value = (long) first - '0';
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      value = value * 10 + bytes[at++] - '0';
    }
    int digits = at - start;
    if (digits > 18 || value > field.largest() || (first == '0' && digits > 1)) {
      return false;
    }
    into.put(field, value);
    return true;
  }

  /** Passes a text up to and with its end; false if it is more than printable ASCII. */
  private boolean plainText() {
    while (at < end) {
      byte b = bytes[at++];
      if (b == '"') {
        return true;
      }
      if (b < ' ' || b == '\\' || b == 0x7f) {
        return false;
      }
    }
    return false;
  }

  private boolean literal(String rest) {
    for (int i = 0; i < rest.length(); i++) {
      if (at >= end || bytes[at++] != rest.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The next byte that is no blank, or -1 at the end. */
  private int next() {
    while (at < end) {
      byte b = bytes[at++];
      if (b != ' ' && b != '\t' && b != '\r') {
        return b < 0 ? 0 : b;
      }
    }
    return -1;
  }
}
