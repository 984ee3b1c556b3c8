package dev.buddyd.api.operation;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A field of an operation's line; texts come first. */
enum Field {
  OP,
  ID,
  GFP,
  CALL,
  USE,
  OWNER,
  ORDER,
  SIZE_BYTES,
  NODE,
  CPU,
  PFN,
  COUNT,
  FORCE,
  DIRTY;

  private static final Field[] ALL = values();
  private static final byte[][] NAMES = new byte[ALL.length][];

  static {
    for (Field field : ALL) {
      NAMES[field.ordinal()] = Ascii.bytes(field.jsonName());
    }
  }

  /** The name in JSON. */
  String jsonName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Its bit in a set of fields. */
  int bit() {
    return 1 << ordinal();
  }

  /** Whether its value is a JSON string. */
  boolean isText() {
    return ordinal() <= OWNER.ordinal();
  }

  /** Whether its value is true or false. */
  boolean isTruth() {
    return this == FORCE || this == DIRTY;
  }

  /** Largest value that is read without further ado. */
  long largest() {
    return this == SIZE_BYTES || this == PFN ? Long.MAX_VALUE : Integer.MAX_VALUE;
  }

  /** The field of a name that lies in some bytes, or null. */
  static @Nullable Field of(byte[] bytes, int from, int to) {
    for (Field field : ALL) {
      if (Ascii.same(NAMES[field.ordinal()], bytes, from, to)) {
        return field;
      }
    }
    return null;
  }
}
