package dev.buddyd.replay.json;

import dev.buddyd.input.JsonComplaint;
import java.io.EOFException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonParser.NumberType;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads JSON token by token, or a value at a time; what it keeps is bounded. Every failure of text
 * or transport becomes a {@link RecordingException} with line and path.
 */
public final class JsonReader implements AutoCloseable {

  private static final int MAX_DEPTH = 64;
  private static final int MAX_STRING = 16 << 20;

  private final JsonParser parser;
  private long valuesLeft;
  private final long maxValues;

  /**
   * @param in UTF-8 text, inflated
   * @param maxValues how many values may be kept in all
   */
  public JsonReader(InputStream in, long maxValues) {
    this.maxValues = maxValues;
    this.valuesLeft = maxValues;
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_STRING)
                    .maxNameLength(1024)
                    .maxNumberLength(1000)
                    .build())
            .build();
    try {
      this.parser = factory.createParser(ObjectReadContext.empty(), in);
    } catch (JacksonException e) {
      throw failure(e, 1, "");
    }
  }

  /** Moves to the next token; null at the end of the text. */
  private @Nullable JsonToken advance() {
    try {
      JsonToken token = parser.nextToken();
      parser.finishToken(); // a text that is cut off is reported here, not where it is used
      return token;
    } catch (JacksonException e) {
      throw failure(e, parser.currentLocation().getLineNr(), path());
    }
  }

  private JsonToken next() {
    JsonToken token = advance();
    if (token == null) {
      throw new RecordingException(
          parser.currentLocation().getLineNr(), path(), "the text ends here");
    }
    return token;
  }

  private static RuntimeException failure(JacksonException e, int line, String path) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof LimitException limit) {
        return limit;
      }
      if (cause instanceof EOFException) {
        return new RecordingException(line, path, "the gzip data end in the middle");
      }
      if (cause instanceof ZipException) {
        return new RecordingException(line, path, "the gzip data are damaged");
      }
      if (cause instanceof StreamConstraintsException) {
        String tooMuch = String.valueOf(e.getOriginalMessage());
        return new RecordingException(line, path, tooMuch.replaceFirst(",? from `.*?`", ""));
      }
    }
    return new RecordingException(line, path, "is no valid JSON: " + JsonComplaint.of(e));
  }

  /** Where the parser stands, such as {@code ops[17][4]}. */
  public String path() {
    return JsonComplaint.path(parser);
  }

  /** Line of the current token. */
  public int line() {
    return parser.currentTokenLocation().getLineNr();
  }

  /** Offset of the current token's first byte in the inflated text. */
  public long offset() {
    return parser.currentTokenLocation().getByteOffset();
  }

  /** Offset of the byte after the current token. */
  public long endOffset() {
    return parser.currentLocation().getByteOffset();
  }

  /** A complaint about the current token. */
  public RecordingException wrong(String sentence) {
    return new RecordingException(line(), path(), sentence);
  }

  /** Enters the object that is the whole text. */
  public void enterDocument() {
    if (next() != JsonToken.START_OBJECT) {
      throw wrong("must be a JSON object");
    }
  }

  /** Checks that nothing follows the object that was the whole text. */
  public void endDocument() {
    if (advance() != null) {
      throw wrong("something follows the recording");
    }
  }

  /** Inside an object: name of the next member, whose value is current then; null at its end. */
  public @Nullable String nextMember() {
    if (next() == JsonToken.END_OBJECT) {
      return null;
    }
    String name = parser.currentName();
    next();
    return name;
  }

  /** Enters the object that is the current value. */
  public void enterObject() {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw wrong("must be an object, not " + kind());
    }
  }

  /** Enters the array that is the current value. */
  public void enterArray() {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw wrong("must be an array, not " + kind());
    }
  }

  /** Inside an array: moves to the next element; false at its end. */
  public boolean nextItem() {
    return next() != JsonToken.END_ARRAY;
  }

  /** Whether the current value is null. */
  public boolean isNull() {
    return parser.currentToken() == JsonToken.VALUE_NULL;
  }

  /** The current value as a string. */
  public String text() {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw wrong("must be a string, not " + kind());
    }
    return parser.getString();
  }

  /** The current value as a whole number in a range, ends included. */
  public long whole(long least, long most) {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
        || parser.getNumberType() == NumberType.BIG_INTEGER) {
      throw wrong("must be a whole number, not " + kind());
    }
    long number = parser.getLongValue();
    if (number < least || number > most) {
      throw wrong("must be " + least + " to " + most + ", not " + number);
    }
    return number;
  }

  private String kind() {
    return switch (parser.currentToken()) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a string";
      default -> parser.getString();
    };
  }

  /** Steps over the current value without keeping it. */
  public void skip() {
    try {
      parser.skipChildren();
      parser.finishToken();
    } catch (JacksonException e) {
      throw failure(e, parser.currentLocation().getLineNr(), path());
    }
  }

  /** The current value, kept. */
  public Json value() {
    take(1);
    int line = line();
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(line);
      case START_ARRAY -> array(line);
      case VALUE_STRING -> new Json.Text(line, parser.getString());
      case VALUE_NUMBER_INT ->
          parser.getNumberType() == NumberType.BIG_INTEGER
              ? new Json.Other(line, parser.getString())
              : new Json.Whole(line, parser.getLongValue());
      default -> new Json.Other(line, parser.getString());
    };
  }

  /** Inside an object or array: the value of the element the parser stands on, kept. */
  private Json object(int line) {
    Map<String, Json> members = new LinkedHashMap<>();
    for (String name = nextMember(); name != null; name = nextMember()) {
      if (members.put(name, value()) != null) {
        throw wrong("appears twice");
      }
    }
    return new Json.Obj(line, members);
  }

  private Json array(int line) {
    long[] numbers = new long[8];
    int count = 0;
    JsonToken token = next();
    while (token == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != NumberType.BIG_INTEGER) {
      if (count == numbers.length) {
        take(count / 4);
        numbers = Arrays.copyOf(numbers, 2 * count);
      }
      numbers[count++] = parser.getLongValue();
      token = next();
    }
    if (token == JsonToken.END_ARRAY && count > 0) {
      return new Json.Numbers(line, Arrays.copyOf(numbers, count));
    }
    List<Json> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(new Json.Whole(line, numbers[i]));
    }
    while (parser.currentToken() != JsonToken.END_ARRAY) {
      items.add(value());
      next();
    }
    return new Json.Arr(line, items);
  }

  /** What was kept so far is not needed any more: the bound starts anew. */
  public void forget() {
    valuesLeft = maxValues;
  }

  private void take(long values) {
    valuesLeft -= values;
    if (valuesLeft < 0) {
      throw new LimitException("recording_values", maxValues);
    }
  }

  @Override
  public void close() {
    parser.close();
  }
}
