package dev.buddyd.replay.json;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value at its place: typed access that answers wrong types, missing members and numbers out
 * of range with a {@link RecordingException} that names line and path.
 */
public record Field(Json value, String path) {

  /** A complaint about this field. */
  public RecordingException wrong(String sentence) {
    return new RecordingException(value.line(), path, sentence);
  }

  /** Member of an object; it must be there. */
  public Field at(String key) {
    Field member = find(key);
    if (member == null) {
      throw new RecordingException(value.line(), join(key), "is missing");
    }
    return member;
  }

  /** Member of an object, or null. */
  public @Nullable Field find(String key) {
    if (!(value instanceof Json.Obj obj)) {
      throw wrong("must be an object, not " + value.kind());
    }
    Json member = obj.members().get(key);
    return member == null ? null : new Field(member, join(key));
  }

  private String join(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** Names of an object's members, in order. */
  public List<String> keys() {
    if (value instanceof Json.Obj obj) {
      return List.copyOf(obj.members().keySet());
    }
    throw wrong("must be an object, not " + value.kind());
  }

  /** Elements of an array. */
  public List<Field> items() {
    List<Field> fields = new ArrayList<>();
    switch (value) {
      case Json.Arr arr -> {
        for (Json item : arr.items()) {
          fields.add(new Field(item, path + "[" + fields.size() + "]"));
        }
      }
      case Json.Numbers numbers -> {
        for (long number : numbers.values()) {
          fields.add(
              new Field(new Json.Whole(numbers.line(), number), path + "[" + fields.size() + "]"));
        }
      }
      default -> throw wrong("must be an array, not " + value.kind());
    }
    return fields;
  }

  /** An element of an array that has exactly {@code size} elements. */
  public Field item(int i, int size) {
    List<Field> items = items();
    if (items.size() != size) {
      throw wrong("must have " + size + " elements, not " + items.size());
    }
    return items.get(i);
  }

  /** A whole number. */
  public long asLong() {
    if (value instanceof Json.Whole whole) {
      return whole.value();
    }
    throw wrong("must be a whole number, not " + value.kind());
  }

  /** A whole number in a range, ends included. */
  public long asLong(long least, long most) {
    long number = asLong();
    if (number < least || number > most) {
      throw wrong("must be " + least + " to " + most + ", not " + number);
    }
    return number;
  }

  /** A whole number in a range, ends included. */
  public int asInt(int least, int most) {
    return (int) asLong(least, most);
  }

  /** 0 or 1. */
  public boolean asFlag() {
    return asInt(0, 1) == 1;
  }

  public String asText() {
    if (value instanceof Json.Text text) {
      return text.value();
    }
    throw wrong("must be a string, not " + value.kind());
  }

  /** An array of whole numbers; not a copy. */
  public long[] asLongs() {
    return switch (value) {
      case Json.Numbers numbers -> numbers.values();
      case Json.Arr arr when arr.items().isEmpty() -> new long[0];
      case Json.Arr arr -> {
        items().forEach(Field::asLong);
        throw wrong("must be an array of whole numbers");
      }
      default -> throw wrong("must be an array, not " + value.kind());
    };
  }

  /** An array of whole numbers of a given length and range, ends included. */
  public int[] asInts(int length, int least, int most) {
    long[] values = asLongs();
    if (length >= 0 && values.length != length) {
      throw wrong("must have " + length + " elements, not " + values.length);
    }
    int[] ints = new int[values.length];
    for (int i = 0; i < ints.length; i++) {
      if (values[i] < least || values[i] > most) {
        throw new RecordingException(
            value.line(),
            path + "[" + i + "]",
            "must be " + least + " to " + most + ", not " + values[i]);
      }
      ints[i] = (int) values[i];
    }
    return ints;
  }

  /** Whether this is JSON's null. */
  public boolean isNull() {
    return value instanceof Json.Other other && other.written().equals("null");
  }
}
