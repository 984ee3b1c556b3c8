package dev.buddyd.diagnosis.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Recognises the parts of the Mem-Info block: zones, reserves, free lists, nodes, sums (F-71,
 * F-72).
 */
final class MemInfoScanner {
  private static final int MAX_ZONE_NAME = 12;

  /** How 2.4 names the free memory of a zone. */
  static final String ANCIENT_FREE = "freepages";

  private static final int MAX_RESERVES = 32;
  private static final int MAX_ORDERS = 40;

  private final TokenStream tokens;
  private final SumScanner sums;
  private int end;

  MemInfoScanner(TokenStream tokens) {
    this.tokens = tokens;
    this.sums = new SumScanner(tokens);
  }

  int end() {
    return end;
  }

  @Nullable Fact scan(int at) {
    String token = tokens.get(at);
    end = at + 1;
    char c = token.charAt(0);
    if (Lexemes.isDigit(c) && Lexemes.block(token) != null) {
      return freeList(at);
    }
    Fact sum = sums.scan(at);
    if (sum != null) {
      end = sums.end();
      return sum;
    }
    if (token.startsWith("freepages:")) {
      return ancientZone(at);
    }
    return switch (token) {
      case "Mem-Info:", "Mem-info:" -> new Fact.MemInfo(tokens.line(at));
      case "empty" -> emptyList(at);
      case "Node" -> nodeStats(at);
      case "all_unreclaimable?" -> zoneRest(at);
      default -> token.contains("[]:") ? reserve(at, token) : values(at, token);
    };
  }

  // --- key:value lines

  private @Nullable Fact values(int at, String token) {
    Lexemes.Pair pair = Lexemes.pair(token);
    if (pair == null || pair.quantity() == null) {
      return null;
    }
    boolean kb = pair.quantity().unit() == Quantity.Unit.KB;
    if (startsZoneLine(at, pair)) {
      return zoneLine(at);
    }
    if (!Lexemes.isKnownKey(pair.key())) {
      return null;
    }
    return kb ? zoneRest(at) : counters(at);
  }

  /**
   * {@code free:} is the first key of a zone line; the head of the block has one too, without unit.
   */
  private boolean startsZoneLine(int at, Lexemes.Pair pair) {
    if (!pair.key().equals("free") || pair.quantity() == null || zoneName(at - 1) == null) {
      return false;
    }
    String next = tokens.get(at + 1);
    return pair.quantity().unit() == Quantity.Unit.KB
        || next.startsWith("min:")
        || next.startsWith("boost:");
  }

  private Fact zoneLine(int at) {
    String zone = zoneName(at - 1);
    Integer node = node(at - 2);
    Map<String, Quantity> values = new LinkedHashMap<>();
    Boolean unreclaimable = readPairs(at, values);
    return new Fact.ZoneStats(
        tokens.line(at), node, zone == null ? "" : zone, values, unreclaimable);
  }

  /**
   * "Zone:Normal freepages: 1036kB min: 1020kB low: 2040kB high: 3060kB" of 2.4; the key stays, so
   * that it can be told from the lines of later kernels.
   */
  private @Nullable Fact ancientZone(int at) {
    String before = tokens.get(at - 1);
    int zone = before.lastIndexOf("Zone:");
    Map<String, Quantity> values = new LinkedHashMap<>();
    readPairs(at, values);
    Quantity free = values.get(ANCIENT_FREE);
    if (zone < 0 || free == null) {
      return null;
    }
    values.put("free", free);
    String name = before.substring(zone + "Zone:".length());
    return new Fact.ZoneStats(tokens.line(at), null, name, values, null);
  }

  private Fact zoneRest(int at) {
    Map<String, Quantity> values = new LinkedHashMap<>();
    Boolean unreclaimable = readPairs(at, values);
    return new Fact.ZoneRest(tokens.line(at), values, unreclaimable);
  }

  private Fact counters(int at) {
    Map<String, Quantity> values = new LinkedHashMap<>();
    readPairs(at, values);
    return new Fact.Counters(tokens.line(at), values);
  }

  private @Nullable Fact nodeStats(int at) {
    Long node = Lexemes.number(tokens.get(at + 1));
    String first = tokens.get(at + 2);
    Lexemes.Pair pair = Lexemes.pair(first);
    if (node == null
        || node > 65_535
        || pair == null
        || pair.key().equals("free")
        || !Lexemes.isKnownKey(pair.key())) {
      return null;
    }
    Map<String, Quantity> values = new LinkedHashMap<>();
    readPairs(at + 2, values);
    return new Fact.NodeStats(tokens.line(at), node.intValue(), values);
  }

  /**
   * Reads {@code key:value} pairs up to the first token that is none; returns the answer to {@code
   * all_unreclaimable?} if that stood among them.
   */
  private @Nullable Boolean readPairs(int from, Map<String, Quantity> values) {
    Boolean unreclaimable = null;
    int i = from;
    while (i < tokens.size() && (i == from || tokens.boundary(i) != TokenStream.HARD)) {
      String token = tokens.get(i);
      if (token.equals("all_unreclaimable?")) {
        String answer = tokens.get(i + 1);
        unreclaimable = answer.equals("yes") ? Boolean.TRUE : Boolean.FALSE;
        i += answer.equals("yes") || answer.equals("no") ? 2 : 1;
        continue;
      }
      Lexemes.Pair pair = Lexemes.pair(token);
      Quantity quantity = pair == null ? null : pair.quantity();
      if (pair != null && quantity == null && tokens.boundary(i + 1) != TokenStream.HARD) {
        quantity = Lexemes.quantity(tokens.get(i + 1), 0); // "shmem_thp: 0kB"
        i++;
      }
      if (pair == null || quantity == null || values.containsKey(pair.key())) {
        break;
      }
      if (i > from && pair.key().equals("free") && quantity.unit() == Quantity.Unit.KB) {
        break;
      }
      values.put(pair.key(), quantity);
      i++;
    }
    end = Math.max(i, from + 1);
    return unreclaimable;
  }

  // --- lowmem_reserve[]

  private Fact reserve(int at, String token) {
    List<Long> pages = new ArrayList<>();
    int colon = token.indexOf("[]:") + 3;
    Long glued = Lexemes.number(token, colon, token.length());
    if (glued != null) {
      pages.add(glued);
    }
    int tornAt = -1;
    int i = at + 1;
    while (pages.size() < MAX_RESERVES && tokens.boundary(i) != TokenStream.HARD) {
      Long number = Lexemes.number(tokens.get(i));
      boolean softBreak = tokens.boundary(i) == TokenStream.SOFT;
      if (number == null || (softBreak && !onlyNumbers(i))) {
        break;
      }
      if (softBreak) {
        tornAt = pages.size();
      }
      pages.add(number);
      i++;
    }
    String next = tokens.get(i);
    boolean sumFollows = next.equals("total") || next.equals("pages") || next.equals("reserved");
    if (sumFollows && tokens.boundary(i) == TokenStream.INSIDE && !pages.isEmpty()) {
      pages.removeLast(); // lines run together: the number is the first word of "13458 total
      // pagecache pages"
      i--;
    }
    end = Math.max(i, at + 1);
    return new Fact.Reserve(tokens.line(at), pages, tornAt);
  }

  /** Whether the line that starts at {@code from} holds nothing but numbers. */
  private boolean onlyNumbers(int from) {
    int i = from;
    do {
      if (!Lexemes.isNumber(tokens.get(i)) || i - from > MAX_RESERVES) {
        return false;
      }
      i++;
    } while (tokens.boundary(i) == TokenStream.INSIDE);
    return true;
  }

  // --- free lists

  private @Nullable Fact freeList(int at) {
    String zone = tokens.get(at - 1).endsWith(":") ? zoneName(at - 1) : null;
    if (zone == null) {
      return null;
    }
    List<long[]> blocks = new ArrayList<>();
    List<String> letters = new ArrayList<>();
    Long total = null;
    int i = at;
    while (i < tokens.size() && blocks.size() < MAX_ORDERS) {
      if (i > at && tokens.boundary(i) == TokenStream.HARD) {
        break;
      }
      String token = tokens.get(i);
      long[] block = Lexemes.block(token);
      String group = block == null ? Lexemes.letters(token) : null;
      if (block != null) {
        blocks.add(block);
        letters.add("");
      } else if (group != null && !letters.isEmpty()) {
        letters.set(letters.size() - 1, group);
      } else {
        if (token.equals("=") && tokens.boundary(i + 1) != TokenStream.HARD) {
          Quantity sum = Lexemes.quantity(tokens.get(i + 1), 0);
          total = sum == null ? null : sum.kb();
          i += 2;
        }
        break;
      }
      i++;
    }
    end = i;
    return new Fact.Blocks(tokens.line(at), node(at - 2), zone, blocks, letters, total);
  }

  /** "HighMem: empty" of kernels before 2.6.15 or so. */
  private @Nullable Fact emptyList(int at) {
    String zone = tokens.get(at - 1).endsWith(":") ? zoneName(at - 1) : null;
    if (zone == null || tokens.boundary(at) != TokenStream.INSIDE) {
      return null;
    }
    return new Fact.Blocks(tokens.line(at), node(at - 2), zone, List.of(), List.of(), 0L);
  }

  // --- names

  /**
   * The zone name at {@code index}, without the colon of a free-list line; null if it cannot be
   * one.
   */
  private @Nullable String zoneName(int index) {
    if (index < 0 || tokens.boundary(index + 1) == TokenStream.HARD) {
      return null;
    }
    String token = tokens.get(index);
    int start = token.lastIndexOf(']') + 1;
    int stop = token.endsWith(":") ? token.length() - 1 : token.length();
    if (stop - start < 2 || stop - start > MAX_ZONE_NAME) {
      return null;
    }
    for (int i = start; i < stop; i++) {
      char c = token.charAt(i);
      if (!Lexemes.isLetter(c) && (i == start || !Lexemes.isDigit(c))) {
        return null;
      }
    }
    return token.substring(start, stop);
  }

  /** The number of "Node N" whose number stands at {@code index}, or null. */
  private @Nullable Integer node(int index) {
    if (index < 1 || tokens.boundary(index + 1) == TokenStream.HARD) {
      return null;
    }
    String token = tokens.get(index);
    String word = tokens.get(index - 1);
    Long node =
        Lexemes.number(token.endsWith(",") ? token.substring(0, token.length() - 1) : token);
    boolean named = word.equals("Node") || word.endsWith("]Node") || word.endsWith(":Node");
    return node == null || node > 65_535 || !named ? null : Integer.valueOf(node.intValue());
  }
}
