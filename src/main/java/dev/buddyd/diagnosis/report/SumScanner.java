package dev.buddyd.diagnosis.report;

import org.jspecify.annotations.Nullable;

/**
 * Recognises the sums at the end of the Mem-Info block, in the words of all versions (F-71, F-72).
 */
final class SumScanner {
  private final TokenStream tokens;
  private int end;

  SumScanner(TokenStream tokens) {
    this.tokens = tokens;
  }

  int end() {
    return end;
  }

  @Nullable Fact scan(int at) {
    if (Lexemes.isDigit(tokens.first(at))) {
      Long number = Lexemes.number(tokens.get(at));
      Fact.Sum.Kind kind = number == null ? null : pages(at + 1);
      return number == null || kind == null ? null : new Fact.Sum(tokens.line(at), kind, number);
    }
    return switch (tokens.get(at)) {
      case "Free" -> swap(at, Fact.Sum.Kind.FREE_SWAP);
      case "Total" -> swap(at, Fact.Sum.Kind.TOTAL_SWAP);
      default -> null;
    };
  }

  private Fact.Sum.@Nullable Kind pages(int at) {
    end = at + 2;
    String second = tokens.get(at + 1);
    return switch (tokens.get(at)) {
      case "pages" ->
          switch (second) {
            case "RAM" -> Fact.Sum.Kind.RAM;
            case "HighMem/MovableOnly", "HighMem" -> Fact.Sum.Kind.HIGHMEM;
            case "reserved" -> Fact.Sum.Kind.RESERVED;
            case "hwpoisoned" -> Fact.Sum.Kind.HWPOISONED;
            case "swap" -> Fact.Sum.Kind.SWAP_CACHE;
            case "cma" -> three(at, "reserved", Fact.Sum.Kind.CMA_RESERVED);
            case "in" -> three(at, "swap", Fact.Sum.Kind.SWAP_CACHE);
            case "of" -> {
              Fact.Sum.Kind ram = three(at, "RAM", Fact.Sum.Kind.RAM);
              yield ram != null ? ram : three(at, "HIGHMEM", Fact.Sum.Kind.HIGHMEM);
            }
            default -> null;
          };
      case "reserved" -> second.equals("pages") ? Fact.Sum.Kind.RESERVED : null;
      case "total" -> second.equals("pagecache") ? Fact.Sum.Kind.PAGECACHE : null;
      default -> null;
    };
  }

  private Fact.Sum.@Nullable Kind three(int at, String third, Fact.Sum.Kind kind) {
    end = at + 3;
    return tokens.get(at + 2).equals(third) ? kind : null;
  }

  /** "Free swap = 4019440kB", "Free swap: 9844180kB". */
  private @Nullable Fact swap(int at, Fact.Sum.Kind kind) {
    String word = tokens.get(at + 1);
    int value = word.equals("swap:") ? at + 2 : at + 3;
    if (!word.startsWith("swap") || (value == at + 3 && !tokens.get(at + 2).equals("="))) {
      return null;
    }
    Quantity quantity = Lexemes.quantity(tokens.get(value), 0);
    Long kb = quantity == null ? null : quantity.kb();
    end = value + 1;
    return kb == null ? null : new Fact.Sum(tokens.line(at), kind, kb);
  }
}
