package dev.buddyd.replay.table;

import dev.buddyd.replay.json.Json;
import dev.buddyd.replay.recording.JsonDiff;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares a state as sent with the computed one: what is missing or null was asked for, everything
 * else must be equal.
 */
final class TableDiff {

  /** The members that the memory manager computes. */
  private static final Set<String> COMPUTED =
      Set.of(
          "minFreeKbytes",
          "userMinFreeKbytes",
          "watermarkScaleFactor",
          "watermarkBoostFactor",
          "percpuPagelistHighFraction",
          "lowmemReserveRatio",
          "totalreservePages",
          "totalreserve",
          "watermark",
          "lowmemReserve",
          "percpuDriftMark",
          "pagesetHighMin",
          "pagesetHighMax",
          "pagesetBatch",
          "statThreshold");

  private int compared;
  private int equal;
  private int asked;
  private JsonDiff.@Nullable Difference first;

  /** Compares a computed state with what was sent for it. */
  TableDiff(@Nullable Json sent, Json computed) {
    compare("", "", sent, computed);
  }

  private void compare(String path, String name, @Nullable Json sent, Json computed) {
    if (sent == null || sent instanceof Json.Other) {
      asked++;
      return;
    }
    if (COMPUTED.contains(name) && !(sent instanceof Json.Obj)) {
      JsonDiff.Difference difference = JsonDiff.first(sent, computed);
      compared++;
      if (difference == null) {
        equal++;
      } else if (first == null) {
        first =
            new JsonDiff.Difference(
                path + difference.path(), difference.expected(), difference.actual());
      }
      return;
    }
    if (sent instanceof Json.Obj s && computed instanceof Json.Obj c) {
      for (Map.Entry<String, Json> ours : c.members().entrySet()) {
        String key = ours.getKey();
        if (COMPUTED.contains(name) || COMPUTED.contains(key) || s.members().containsKey(key)) {
          compare(
              path.isEmpty() ? key : path + "." + key,
              COMPUTED.contains(name) ? name : key,
              s.members().get(key),
              ours.getValue());
        }
      }
    } else if (sent instanceof Json.Arr s && computed instanceof Json.Arr c) {
      List<Json> ours = c.items();
      for (int i = 0; i < Math.min(s.items().size(), ours.size()); i++) {
        compare(path + "[" + i + "]", name, s.items().get(i), ours.get(i));
      }
    }
  }

  int compared() {
    return compared;
  }

  int equal() {
    return equal;
  }

  /** Values that were missing or null. */
  int asked() {
    return asked;
  }

  JsonDiff.@Nullable Difference first() {
    return first;
  }

  /** The rule that computes a member. */
  static String rule(String path) {
    if (path.contains("watermark.")) {
      return "Z-22";
    }
    String name = path.substring(path.lastIndexOf('.') + 1).replaceAll("\\[.*", "");
    return switch (name) {
      case "minFreeKbytes" -> "Z-21";
      case "lowmemReserve" -> "Z-31";
      case "totalreservePages", "totalreserve" -> "Z-33";
      case "percpuDriftMark" -> "Z-63";
      case "statThreshold" -> "Z-61";
      case "pagesetHighMin" -> "P-6";
      case "pagesetHighMax" -> "P-7";
      case "pagesetBatch" -> "P-5";
      default -> "Z-24";
    };
  }
}
