package dev.buddyd.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Names of the holders of blocks, as small numbers. Number 0 is "nobody said". */
final class Owners {

  private final int limit;
  private final Map<String, Integer> indexByName = new ConcurrentHashMap<>();
  private final List<String> names = new ArrayList<>();

  Owners(int limit) {
    this.limit = limit;
    names.add("");
  }

  /**
   * The number of a name, made on first use.
   *
   * @throws MachineException if there are too many names
   */
  int index(@Nullable String name) {
    if (name == null || name.isEmpty()) {
      return 0;
    }
    Integer known = indexByName.get(name);
    return known != null ? known : add(name);
  }

  private synchronized int add(String name) {
    Integer known = indexByName.get(name);
    if (known != null) {
      return known;
    }
    if (names.size() > limit) {
      throw new MachineException(
          MachineException.Kind.TOO_LARGE, "a machine knows at most " + limit + " owners");
    }
    names.add(name);
    indexByName.put(name, names.size() - 1);
    return names.size() - 1;
  }

  /** The number of a known name, or -1. */
  int find(String name) {
    return indexByName.getOrDefault(name, -1);
  }

  /** All names, by number from 1 on. */
  synchronized List<String> names() {
    return List.copyOf(names.subList(1, names.size()));
  }

  /** The name of a number, or null for "nobody said". */
  synchronized @Nullable String name(int index) {
    return index == 0 ? null : names.get(index);
  }
}
