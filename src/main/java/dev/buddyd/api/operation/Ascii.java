package dev.buddyd.api.operation;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Names as bytes. */
final class Ascii {

  private Ascii() {}

  static byte[] bytes(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether a range of bytes is a name. */
  static boolean same(byte[] name, byte[] bytes, int from, int to) {
    return name.length == to - from && Arrays.equals(name, 0, name.length, bytes, from, to);
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
