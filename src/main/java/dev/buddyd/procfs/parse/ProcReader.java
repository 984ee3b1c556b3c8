package dev.buddyd.procfs.parse;

import dev.buddyd.procfs.parse.ProcFacts.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Recognises buddyinfo, zoneinfo, pagetypeinfo and three sums of meminfo in a text, each line by
 * its own form, so that the files may come one after the other in any order with anything in
 * between. Never throws; time is linear in the length of the text.
 */
public final class ProcReader {
  /** Lines longer than this are none of ours. */
  private static final int MAX_LINE = 4096;

  /** Rows of each table beyond this number are left out. */
  static final int MAX_ROWS = 65_536;

  private static final int MAX_NODE = 65_535;
  private static final int MAX_COLUMNS = 64;
  private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;?]*[A-Za-z]");
  private static final List<String> SUMS = List.of("MemTotal:", "SwapTotal:", "SwapFree:");
  private static final List<String> FILES = List.of("buddyinfo", "zoneinfo", "pagetypeinfo");

  private final List<BuddyRow> buddyinfo = new ArrayList<>();
  private final List<ZoneRow> zones = new ArrayList<>();
  private final Map<Integer, Map<String, Long>> nodeStats = new LinkedHashMap<>();
  private final List<PageTypeRow> pageTypes = new ArrayList<>();
  private final List<PageBlockRow> pageBlocks = new ArrayList<>();
  private final Map<String, Long> meminfoKb = new HashMap<>();
  private @Nullable Integer pageBlockOrder;
  private List<String> blockTypes = List.of();
  private boolean mixedTable;
  private int blocksBefore;
  private @Nullable ZoneReader zone;
  private final Map<String, Integer> lines = new HashMap<>();
  private int lineNumber;
  private int zoneLine;

  private ProcReader() {}

  /**
   * Reads {@code text}.
   *
   * @param text one or more files of /proc, one after the other
   * @return what was recognised; {@link ProcFacts#isEmpty()} if nothing was
   */
  public static ProcFacts read(String text) {
    return read(text, work -> {});
  }

  /**
   * Reads {@code text}.
   *
   * @param work is told of the work as it is done, in characters; may throw to end it
   */
  public static ProcFacts read(String text, IntConsumer work) {
    return new ProcReader().readLines(QuotedPrintable.decode(ProcLines.unfolded(text)), work);
  }

  private ProcFacts readLines(String text, IntConsumer work) {
    LogHead head = new LogHead();
    ProcLines rows = new ProcLines(number -> lineNumber = number, this::line);
    int number = 0;
    int start = 0;
    while (start < text.length()) {
      int newline = text.indexOf('\n', start);
      int end = newline < 0 ? text.length() : newline;
      number++;
      work.accept(end - start + 1);
      if (end - start <= MAX_LINE) {
        rows.take(head.behind(unquoted(plain(text.substring(start, end)))), number);
      }
      start = end + 1;
    }
    rows.flush();
    finishZone();
    return new ProcFacts(
        buddyinfo, zones, nodeStats, pageTypes, pageBlocks, pageBlockOrder, meminfoKb, lines);
  }

  /** Without the marks of an editor, a terminal and a page: byte order, colours, hard blanks. */
  private static String plain(String line) {
    String blanks = line.replace('\u00a0', ' ').replace("\ufeff", "");
    return blanks.indexOf('\u001b') < 0 ? blanks : COLOUR.matcher(blanks).replaceAll("");
  }

  /** Without what grep and mail programs put in front of a line. */
  private static String unquoted(String line) {
    int start = 0;
    while (start < line.length() && line.charAt(start) == '>') {
      start++;
      if (line.startsWith(" Node", start) || line.startsWith(" >", start)) {
        start++;
      }
    }
    int colon = line.indexOf("info:", start);
    if (colon >= 0) {
      String name = line.substring(start, colon + 4);
      if (FILES.stream().anyMatch(name::endsWith) && name.indexOf(' ') < 0) {
        return line.substring(colon + 5);
      }
    }
    return line.substring(start);
  }

  private void line(String line, boolean indented) {
    if (line.isEmpty()) {
      return;
    }
    List<String> words = words(line);
    if (line.startsWith("Node") && words.size() >= 4 && words.get(2).equals("zone")) {
      nodeLine(words);
    } else if (line.startsWith("Page block order:")) {
      finishZone();
      Long order = Numbers.parse(words.getLast());
      pageBlockOrder =
          order == null || order > MAX_COLUMNS ? null : Integer.valueOf(order.intValue());
    } else if (line.startsWith("Number of blocks type")) {
      finishZone();
      mixedTable = false;
      blocksBefore = pageBlocks.size();
      blockTypes = words.subList(Math.min(4, words.size()), words.size());
    } else if (line.startsWith("Number of mixed blocks")) {
      mixedTable = true; // printed with page owner only; nobody needs it
    } else if (SUMS.contains(words.getFirst())) {
      finishZone();
      meminfoLine(words);
    } else if (zone != null && !zone.line(line, words, indented, lineNumber)) {
      finishZone();
    }
  }

  /** A line of meminfo. */
  private void meminfoLine(List<String> words) {
    Long kb = words.size() == 3 && words.get(2).equals("kB") ? Numbers.parse(words.get(1)) : null;
    if (kb != null) {
      String name = words.getFirst().substring(0, words.getFirst().length() - 1);
      meminfoKb.put(name, kb);
      found(File.MEMINFO, 0, "", name);
    }
  }

  /** A line that starts with {@code Node N, zone NAME}: what follows tells which file it is of. */
  private void nodeLine(List<String> words) {
    Long number = Numbers.parse(words.get(1).replace(",", ""));
    if (number == null || number > MAX_NODE) {
      return;
    }
    int node = number.intValue();
    String name = words.get(3);
    if (words.size() == 4 && !name.endsWith(",")) { // T-10
      finishZone();
      blockTypes = List.of();
      zone = new ZoneReader(node, name);
      zoneLine = lineNumber;
      return;
    }
    finishZone();
    if (name.endsWith(",") && words.size() > 6 && words.get(4).equals("type")) { // T-5
      pageTypeLine(node, name.substring(0, name.length() - 1), words);
      return;
    }
    List<Long> numbers = Numbers.parseAll(words.subList(4, words.size()));
    if (numbers.isEmpty() || numbers.size() > MAX_COLUMNS) {
      return;
    }
    if (!isPageBlockLine(node, name, numbers.size())) { // T-1
      if (buddyinfo.size() < MAX_ROWS) {
        buddyinfo.add(new BuddyRow(node, name, numbers));
        found(File.BUDDYINFO, node, name, "");
      }
    } else if (!mixedTable && pageBlocks.size() < MAX_ROWS) {
      Map<String, Long> blocks = new LinkedHashMap<>();
      for (int i = 0; i < numbers.size(); i++) {
        blocks.put(blockTypes.get(i), numbers.get(i));
      }
      pageBlocks.add(new PageBlockRow(node, name, blocks));
      found(File.PAGETYPEINFO, node, name, "blocks");
    }
  }

  /** Rows of the block table look like buddyinfo: the table's head and the column count decide. */
  private boolean isPageBlockLine(int node, String name, int columns) {
    if (columns != blockTypes.size()) {
      blockTypes = List.of();
      return false;
    }
    PageBlockRow last = pageBlocks.size() == blocksBefore ? null : pageBlocks.getLast();
    return last == null || mixedTable || last.node() != node || !last.zone().equals(name);
  }

  private void pageTypeLine(int node, String name, List<String> words) {
    blockTypes = List.of();
    List<String> cells = words.subList(6, words.size());
    boolean atLeast = cells.stream().anyMatch(cell -> cell.startsWith(">"));
    List<String> digits = new ArrayList<>();
    for (String cell : cells) {
      String number = cell.startsWith(">") ? cell.substring(1) : cell;
      if (!number.isEmpty()) { // ">" alone: the number was padded
        digits.add(number);
      }
    }
    List<Long> free = Numbers.parseAll(digits);
    if (!free.isEmpty() && free.size() <= MAX_COLUMNS && pageTypes.size() < MAX_ROWS) {
      pageTypes.add(new PageTypeRow(node, name, words.get(5), free, atLeast));
      found(File.PAGETYPEINFO, node, name, words.get(5));
    }
  }

  private void finishZone() {
    if (zone == null) {
      return;
    }
    ZoneReader finished = Objects.requireNonNull(zone);
    zone = null;
    if (!finished.isEmpty() && zones.size() < MAX_ROWS) {
      zones.add(finished.finish());
      lines.putIfAbsent(
          ProcFacts.key(File.ZONEINFO, finished.node(), finished.zone(), ""), zoneLine);
      finished
          .where()
          .forEach(
              (field, line) ->
                  lines.putIfAbsent(
                      ProcFacts.key(File.ZONEINFO, finished.node(), finished.zone(), field), line));
      if (!finished.nodeStats().isEmpty()) {
        nodeStats.putIfAbsent(finished.node(), Map.copyOf(finished.nodeStats()));
      }
    }
  }

  private void found(File file, int node, String name, String field) {
    lines.putIfAbsent(ProcFacts.key(file, node, name, field), lineNumber);
  }

  private static List<String> words(String line) {
    return Arrays.stream(line.split("\\s+", 2 * MAX_COLUMNS)).filter(w -> !w.isEmpty()).toList();
  }
}
