package dev.buddyd.machine.snapshot;

import dev.buddyd.input.JsonComplaint;
import dev.buddyd.machine.MachineException;
import dev.buddyd.machine.MachineException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.zip.ZipException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonParser.NumberType;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Walks through a snapshot's JSON, whose members come in a fixed order. Everything that is not as
 * it must be is refused with the line and the path of the field. Keeps nothing.
 */
final class SnapshotParser implements AutoCloseable {

  private static final int MAX_DEPTH = 16;
  private static final int MAX_TEXT = 1024;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_TEXT)
                  .maxNameLength(MAX_TEXT)
                  .maxNumberLength(MAX_TEXT)
                  .build())
          .build();

  private final JsonParser in;

  /** Whether the current token has been looked at only, and is the next one to be read. */
  private boolean unread;

  SnapshotParser(InputStream from) {
    try {
      this.in = JSON.createParser(ObjectReadContext.empty(), from);
    } catch (JacksonException e) {
      throw refusal(1, "", cause(e));
    }
  }

  // ---- walking

  private JsonToken next() {
    if (unread) {
      unread = false;
      return in.currentToken();
    }
    JsonToken token = in.nextToken();
    if (token == null) {
      throw refusal(in.currentLocation().getLineNr(), path(), "the text ends here");
    }
    return token;
  }

  /** A refusal of text that cannot be read on: broken JSON, broken gzip, too many bytes. */
  MachineException unreadable(JacksonException e) {
    return refusal(in.currentLocation().getLineNr(), path(), cause(e));
  }

  /** Why the text cannot be read; a refusal of the stream itself goes through as it is. */
  private static String cause(JacksonException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SnapshotTooLargeException tooLarge) {
        throw tooLarge.refusal();
      }
      if (cause instanceof EOFException) {
        return "the gzip data end in the middle";
      }
      if (cause instanceof ZipException) {
        return "the gzip data are damaged";
      }
      if (cause instanceof IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
    }
    return "is no valid JSON: " + JsonComplaint.of(e);
  }

  /** Begins the object that is the whole text. */
  void beginText() {
    next();
    beginObject();
  }

  /** Checks that nothing follows the object that was the whole text. */
  void endText() {
    if (in.nextToken() != null) {
      throw wrong("something follows the snapshot");
    }
  }

  /** Moves to the value of the member that must come now. */
  SnapshotParser member(String name) {
    JsonToken token = next();
    if (token != JsonToken.PROPERTY_NAME) {
      throw wrong("lacks the member '" + name + "'");
    }
    if (!in.currentName().equals(name)) {
      throw wrong("must be '" + name + "': members come in a fixed order");
    }
    next();
    return this;
  }

  /**
   * Moves to the value of a member that may come now; false, and nothing is read, if it does not.
   */
  boolean optionalMember(String name) {
    if (next() == JsonToken.PROPERTY_NAME && in.currentName().equals(name)) {
      next();
      return true;
    }
    unread = true;
    return false;
  }

  /** Moves to the value of a member that may come last; false if the object ends without it. */
  boolean lastMember(String name) {
    JsonToken token = next();
    if (token == JsonToken.END_OBJECT) {
      return false;
    }
    if (token != JsonToken.PROPERTY_NAME || !in.currentName().equals(name)) {
      throw wrong("is no member of this version");
    }
    next();
    return true;
  }

  void beginObject() {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      throw wrong("must be an object, not " + kind());
    }
  }

  void endObject() {
    if (next() != JsonToken.END_OBJECT) {
      throw wrong("is no member of this version");
    }
  }

  void beginArray() {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      throw wrong("must be an array, not " + kind());
    }
  }

  /** Moves to the next element; false at the end of the array. */
  boolean more() {
    return next() != JsonToken.END_ARRAY;
  }

  /** Moves to an element that must be there. */
  SnapshotParser element() {
    if (!more()) {
      throw wrong("has too few elements");
    }
    return this;
  }

  /** Moves to the end of the array, which must be here. */
  void endArray() {
    if (more()) {
      throw wrong("is an element too many");
    }
  }

  // ---- values

  long number(long least, long most) {
    if (in.currentToken() != JsonToken.VALUE_NUMBER_INT
        || in.getNumberType() == NumberType.BIG_INTEGER) {
      throw wrong("must be a whole number, not " + kind());
    }
    long value = in.getLongValue();
    if (value < least || value > most) {
      throw wrong("must be " + least + " to " + most + ", not " + value);
    }
    return value;
  }

  int whole(long least, long most) {
    return (int) number(least, most);
  }

  boolean flag() {
    return switch (in.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw wrong("must be true or false, not " + kind());
    };
  }

  String text(int maxLength) {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      throw wrong("must be a string, not " + kind());
    }
    String text = in.getString();
    if (text.length() > maxLength) {
      throw wrong("may have " + maxLength + " characters at most");
    }
    return text;
  }

  private String kind() {
    return switch (in.currentToken()) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a string";
      default -> in.getString();
    };
  }

  // ---- complaints

  /** A refusal that names the line and path of the current token. */
  MachineException wrong(String sentence) {
    return refusal(in.currentTokenLocation().getLineNr(), path(), sentence);
  }

  private static MachineException refusal(int line, String field, String sentence) {
    return new MachineException(
        Kind.INVALID_SNAPSHOT,
        "line " + line + (field.isEmpty() ? "" : ", " + field) + ": " + sentence,
        Map.of("line", line, "field", field));
  }

  /** Where the parser stands, such as {@code zones[0].free_lists[3].pfns[17]}. */
  private String path() {
    return JsonComplaint.path(in);
  }

  @Override
  public void close() {
    in.close();
  }
}
