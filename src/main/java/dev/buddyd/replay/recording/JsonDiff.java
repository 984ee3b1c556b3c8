package dev.buddyd.replay.recording;

import dev.buddyd.replay.json.Json;
import dev.buddyd.replay.json.JsonText;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where two JSON values differ first; a missing member equals an empty array. */
public final class JsonDiff {

  private static final int MAX_TEXT = 200;

  /**
   * One difference.
   *
   * @param path where, relative to the values compared
   * @param expected text of the expected value, cut if long
   * @param actual text of the actual value, cut if long
   */
  public record Difference(String path, String expected, String actual) {}

  private JsonDiff() {}

  /** The first difference in the order of the expected value, or null. */
  public static @Nullable Difference first(Json expected, Json actual) {
    return first("", expected, actual);
  }

  private static @Nullable Difference first(
      String path, @Nullable Json expected, @Nullable Json actual) {
    if (empty(expected) && empty(actual)) {
      return null;
    }
    if (expected instanceof Json.Obj e && actual instanceof Json.Obj a) {
      return members(path, e.members(), a.members());
    }
    if (expected instanceof Json.Numbers e && actual instanceof Json.Numbers a) {
      return numbers(path, e.values(), a.values());
    }
    if (expected instanceof Json.Arr e && actual instanceof Json.Arr a) {
      return items(path, e.items(), a.items());
    }
    boolean equal =
        switch (expected) {
          case Json.Whole e -> actual instanceof Json.Whole a && e.value() == a.value();
          case Json.Text e -> actual instanceof Json.Text a && e.value().equals(a.value());
          case Json.Other e -> actual instanceof Json.Other a && e.written().equals(a.written());
          case null, default -> false;
        };
    return equal ? null : new Difference(path, text(expected), text(actual));
  }

  private static boolean empty(@Nullable Json value) {
    return value == null || (value instanceof Json.Arr arr && arr.items().isEmpty());
  }

  private static @Nullable Difference members(
      String path, Map<String, Json> expected, Map<String, Json> actual) {
    for (Map.Entry<String, Json> member : expected.entrySet()) {
      Difference difference =
          first(
              path.isEmpty() ? member.getKey() : path + "." + member.getKey(),
              member.getValue(),
              actual.get(member.getKey()));
      if (difference != null) {
        return difference;
      }
    }
    for (Map.Entry<String, Json> member : actual.entrySet()) {
      if (!expected.containsKey(member.getKey()) && !empty(member.getValue())) {
        return new Difference(
            path.isEmpty() ? member.getKey() : path + "." + member.getKey(),
            "nothing",
            text(member.getValue()));
      }
    }
    return null;
  }

  private static @Nullable Difference items(String path, List<Json> expected, List<Json> actual) {
    for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
      Json e = i < expected.size() ? expected.get(i) : null;
      Json a = i < actual.size() ? actual.get(i) : null;
      Difference difference = first(path + "[" + i + "]", e, a);
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  private static @Nullable Difference numbers(String path, long[] expected, long[] actual) {
    for (int i = 0; i < Math.max(expected.length, actual.length); i++) {
      if (i >= expected.length || i >= actual.length || expected[i] != actual[i]) {
        return new Difference(
            path + "[" + i + "]",
            i < expected.length ? Long.toString(expected[i]) : "nothing",
            i < actual.length ? Long.toString(actual[i]) : "nothing");
      }
    }
    return null;
  }

  private static String text(@Nullable Json value) {
    String text = value == null ? "nothing" : JsonText.of(value);
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "...";
  }
}
