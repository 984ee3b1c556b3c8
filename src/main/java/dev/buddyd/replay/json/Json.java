package dev.buddyd.replay.json;

import java.util.List;
import java.util.Map;

/** A JSON value and the line (1-based) of the text on which it starts; 0 for a computed one. */
public sealed interface Json {

  /** Line of the text on which this value starts. */
  int line();

  /** What a complaint calls this kind of value. */
  String kind();

  /** An object; its members keep their order. */
  record Obj(int line, Map<String, Json> members) implements Json {
    @Override
    public String kind() {
      return "an object";
    }
  }

  /** An array of anything but whole numbers only. */
  record Arr(int line, List<Json> items) implements Json {
    @Override
    public String kind() {
      return "an array";
    }
  }

  /** A non-empty array of whole numbers. */
  record Numbers(int line, long[] values) implements Json {
    @Override
    public String kind() {
      return "an array";
    }
  }

  /** A string. */
  record Text(int line, String value) implements Json {
    @Override
    public String kind() {
      return "a string";
    }
  }

  /** A whole number. */
  record Whole(int line, long value) implements Json {
    @Override
    public String kind() {
      return "a number";
    }
  }

  /** null, true, false or a number that is not a whole one of 64 bits, as it was written. */
  record Other(int line, String written) implements Json {
    @Override
    public String kind() {
      return written;
    }
  }
}
