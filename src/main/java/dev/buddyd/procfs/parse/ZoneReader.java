package dev.buddyd.procfs.parse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects the lines of one zone of zoneinfo (T-10, T-11). */
final class ZoneReader {
  private static final int MAX_LINES = 16_384;

  private enum Part {
    NODE_STATS,
    PAGES,
    PAGESETS
  }

  private final int node;
  private final String zone;
  private final Map<String, Long> nodeStats = new LinkedHashMap<>();
  private final Map<String, Long> pages = new LinkedHashMap<>();
  private final Map<String, Long> counters = new LinkedHashMap<>();
  private final Map<String, Long> trailer = new LinkedHashMap<>();
  private final List<Long> protection = new ArrayList<>();
  private final List<PagesetRow> pagesets = new ArrayList<>();
  private final Map<String, Integer> where = new LinkedHashMap<>();
  private int at;
  private Part part = Part.PAGES;
  private int lines;
  private boolean indented;
  private int cpu = -1;
  private @Nullable Long count;
  private @Nullable Long high;
  private @Nullable Long batch;
  private @Nullable Long highMin;
  private @Nullable Long highMax;

  ZoneReader(int node, String zone) {
    this.node = node;
    this.zone = zone;
  }

  int node() {
    return node;
  }

  String zone() {
    return zone;
  }

  /** Line of each field by its name, {@code cpu N count} for those of a CPU. */
  Map<String, Integer> where() {
    return where;
  }

  Map<String, Long> nodeStats() {
    return nodeStats;
  }

  boolean isEmpty() {
    return pages.isEmpty();
  }

  /**
   * Takes one line; false if it belongs to something else. A line without blanks in front does not
   * belong to a zone whose other lines have them (vmstat knows the same names); an indented line of
   * an unknown form is stepped over.
   */
  boolean line(String line, List<String> words, boolean indentedLine, int number) {
    lines++;
    at = number;
    indented |= indentedLine;
    if (lines > MAX_LINES || (indented && !indentedLine)) {
      return false;
    }
    return known(line, words) || indentedLine;
  }

  private boolean known(String line, List<String> words) {
    String first = words.getFirst();
    if (line.equals("per-node stats")) {
      part = Part.NODE_STATS;
      return true;
    }
    if (line.equals("pagesets")) {
      part = Part.PAGESETS;
      return true;
    }
    if (first.equals("pages") && words.size() == 3) {
      part = Part.PAGES;
      return put(pages, words.get(1), words.get(2));
    }
    if (first.equals("protection:")) {
      return protection(line.substring(first.length()));
    }
    if (first.equals("cpu:")) {
      return cpu(words);
    }
    return part == Part.PAGESETS ? pagesetLine(line, words) : counterLine(words);
  }

  private boolean counterLine(List<String> words) {
    if (words.size() < 2) {
      return false;
    }
    String name = words.getFirst();
    if (part == Part.NODE_STATS) {
      return put(nodeStats, name, words.get(1));
    }
    boolean counter =
        name.startsWith("nr_") || name.startsWith("numa_") || name.startsWith("workingset_");
    return put(counter ? counters : pages, name, words.get(1));
  }

  /** {@code (0, 2957, 3980)}. */
  private boolean protection(String list) {
    protection.clear();
    where.put("protection", at);
    for (String word : list.replace('(', ' ').replace(')', ' ').replace(',', ' ').split("\\s+")) {
      Long number = Numbers.parse(word);
      if (number != null && protection.size() < 64) {
        protection.add(number);
      }
    }
    return true;
  }

  /** {@code cpu: 0}, and with two pagesets per CPU {@code cpu: 0 pcp: 1}. */
  private boolean cpu(List<String> words) {
    finishPageset();
    part = Part.PAGESETS;
    Long number = words.size() > 1 ? Numbers.parse(words.get(1)) : null;
    if (number == null || number > 65_535) {
      return false;
    }
    cpu = number.intValue();
    return true;
  }

  private boolean pagesetLine(String line, List<String> words) {
    Long value = Numbers.parse(words.getLast());
    int colon = line.lastIndexOf(':');
    if (value == null || colon < 0) {
      return false;
    }
    String name = line.substring(0, colon).strip();
    where.putIfAbsent("cpu " + cpu + " " + name, at);
    switch (name) {
      case "count" -> count = value;
      case "high" -> high = value;
      case "batch" -> batch = value;
      case "high_min" -> highMin = value;
      case "high_max" -> highMax = value;
      case "low", "numa_hit", "numa_miss", "numa_foreign" -> {} // of the pageset until 2.6.17
      case "interleave_hit", "local_node", "other_node" -> {}
      default -> {
        finishPageset();
        trailer.put(name, value);
        where.putIfAbsent(name, at);
      }
    }
    return true;
  }

  private boolean put(Map<String, Long> map, String name, String number) {
    Long value = Numbers.parse(number);
    if (value == null) {
      return false;
    }
    map.put(name, value);
    where.put(name, at);
    return true;
  }

  private void finishPageset() {
    if (cpu >= 0) {
      pagesets.add(new PagesetRow(cpu, count, high, batch, highMin, highMax));
    }
    cpu = -1;
    count = null;
    high = null;
    batch = null;
    highMin = null;
    highMax = null;
  }

  ZoneRow finish() {
    finishPageset();
    return new ZoneRow(node, zone, pages, counters, protection, pagesets, trailer);
  }
}
