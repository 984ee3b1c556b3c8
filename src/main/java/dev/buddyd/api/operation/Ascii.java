package dev.buddyd.api.operation;

import java.nio.charset.StandardCharsets;

/** Names as bytes. */
final class Ascii {

  private Ascii() {}

  static byte[] bytes(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether a range of bytes is a name; names are short and mostly differ at once. */
  static boolean same(byte[] name, byte[] bytes, int from, int to) {
    if (name.length != to - from) {
      return false;
    }
    for (int i = 0; i < name.length; i++) {
      if (name[i] != bytes[from + i]) {
        return false;
      }
    }
    return true;
  }

  /** A number made of a range of bytes; equal ranges have equal ones. */
  static int hash(byte[] bytes, int from, int to) {
    int hash = 1;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash ^ hash >>> 15;
  }
}
