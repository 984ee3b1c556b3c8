package dev.buddyd.diagnosis.report;

import org.jspecify.annotations.Nullable;

/** Recognises the first lines of reports in a token stream, wrapped or not (F-70, F-80, F-81). */
final class HeaderScanner {
  private static final int MAX_TAIL_TOKENS = 28;

  /** TASK_COMM_LEN - 1: a longer name carries something of the log in front. */
  private static final int MAX_TASK = 15;

  private final TokenStream tokens;
  private int end;

  HeaderScanner(TokenStream tokens) {
    this.tokens = tokens;
  }

  /** Index behind the header that was recognised last. */
  int end() {
    return end;
  }

  /** A header whose key words start at {@code at}, or null. */
  @Nullable Fact scan(int at) {
    return switch (tokens.get(at)) {
      case "page" -> pageAllocation(at);
      case "invoked" ->
          tokens.get(at + 1).startsWith("oom-killer") ? header(ReportKind.OOM, at, at + 1) : null;
      case "oom-killer:" -> tokens.get(at + 1).startsWith("gfp_mask=") ? nameless(at) : null;
      case "vmalloc", "vmalloc:" -> vmalloc(at);
      case "SLUB:" -> slab(at);
      case "Show" -> showMemory(at);
      case "__alloc_pages:", "_alloc_pages:" -> ancient(at);
      default -> null;
    };
  }

  private @Nullable Fact pageAllocation(int at) {
    if (!tokens.get(at + 1).equals("allocation")) {
      return null;
    }
    String word = tokens.get(at + 2);
    if (word.startsWith("failure:") || word.startsWith("failure.")) {
      return header(ReportKind.ALLOC_FAILURE, at, at + 2);
    }
    boolean stall = word.equals("stalls") && tokens.get(at + 3).equals("for");
    return stall ? header(ReportKind.ALLOC_FAILURE, at, at + 3) : null;
  }

  /**
   * vmalloc says its own sentence; from 4.10 with mask behind it, before with a header on the next
   * line.
   */
  private @Nullable Fact vmalloc(int at) {
    String next = tokens.get(at + 1);
    if (!next.equals("error:") && !next.equals("size") && !next.equals("allocation")) {
      return null;
    }
    String tail = tail(at);
    if (!tail.contains("fail") && !tail.contains("exceeds")) {
      return null;
    }
    HeaderTail parsed = HeaderTail.parse(tail);
    if (parsed.mask() == null) {
      return new Fact.VmallocNote(tokens.line(at), HeaderTail.vmalloc(tail));
    }
    return new Fact.Header(
        tokens.line(taskStart(at)), ReportKind.ALLOC_FAILURE, task(at), parsed, null);
  }

  private Fact header(ReportKind kind, int at, int tailFrom) {
    String words = tail(tailFrom);
    HeaderTail tail = HeaderTail.parse(words);
    int rest = tail.mask() == null ? continuation() : -1;
    if (rest > 0) {
      int behind = end;
      tail = HeaderTail.parse(words + tail(rest));
      end = behind; // what another CPU printed in between is still to be read
    }
    return new Fact.Header(tokens.line(taskStart(at)), kind, task(at), tail, null);
  }

  /**
   * Where a record goes on with ", mode:0x20": kernels that print a line in pieces give each piece
   * a time stamp of its own when two CPUs print at once; -1 if none does.
   */
  private int continuation() {
    int limit = Math.min(tokens.size() - 1, end + MAX_TAIL_TOKENS);
    for (int i = end; i < limit; i++) {
      boolean record = tokens.boundary(i) == TokenStream.HARD && tokens.get(i).equals(",");
      if (record && tokens.get(i + 1).startsWith("mode:")) {
        return i;
      }
    }
    return -1;
  }

  /**
   * "oom-killer: gfp_mask=0xd0, order=0" of old kernels: what stands in front is no task's name.
   */
  private Fact nameless(int at) {
    HeaderTail tail = HeaderTail.parse(tail(at));
    return new Fact.Header(tokens.line(at), ReportKind.OOM, null, tail, null);
  }

  /**
   * "SLUB: Unable to allocate memory on node -1, gfp=0x20", in old kernels "(gfp=0x20)", with the
   * orders tried on the next line: the last try was for the smallest.
   */
  private @Nullable Fact slab(int at) {
    if (!tokens.get(at + 1).equals("Unable") || !tokens.get(at + 4).equals("memory")) {
      return null;
    }
    String mask = "";
    String order = "";
    for (int i = at + 5; i < at + 40 && order.isEmpty(); i++) {
      String token = tokens.get(i);
      if (token.startsWith("gfp=") && mask.isEmpty()) {
        mask = token.substring("gfp=".length());
      } else if (token.startsWith("(gfp=") && token.endsWith(")") && mask.isEmpty()) {
        mask = token.substring("(gfp=".length(), token.length() - 1);
      } else if (token.equals("min") && tokens.get(i + 1).equals("order:")) {
        order = "order:" + tokens.get(i + 2);
      }
    }
    end = at + 5;
    HeaderTail tail = HeaderTail.parse(order + ", mode:" + mask);
    return new Fact.SlabFailure(tokens.line(at), tail);
  }

  /** "sysrq: Show Memory", "SysRq : Show Memory": what follows was asked for by hand. */
  private @Nullable Fact showMemory(int at) {
    String before = tokens.get(at - 1).equals(":") ? tokens.get(at - 2) : tokens.get(at - 1);
    boolean sysrq = before.equalsIgnoreCase("sysrq") || before.equalsIgnoreCase("sysrq:");
    if (!sysrq || !tokens.get(at + 1).equals("Memory")) {
      return null;
    }
    end = at + 2;
    return new Fact.Header(tokens.line(at), ReportKind.SHOW_MEMORY, null, HeaderTail.EMPTY, null);
  }

  /**
   * "__alloc_pages: 0-order allocation failed (gfp=0x1d2/0)" of 2.4; the number behind the mask
   * tells whether the caller works for reclaim.
   */
  private @Nullable Fact ancient(int at) {
    String order = tokens.get(at + 1);
    int digits = Lexemes.digitsEnd(order, 0);
    boolean failed =
        tokens.get(at + 2).equals("allocation") && tokens.get(at + 3).startsWith("failed");
    if (digits == 0 || !order.startsWith("-order", digits) || !failed) {
      return null;
    }
    String mask = tokens.get(at + 4);
    boolean told = mask.startsWith("(gfp=") && tokens.boundary(at + 4) != TokenStream.HARD;
    int slash = mask.indexOf('/');
    String number = told ? mask.substring(5, slash < 0 ? mask.length() : slash) : "";
    end = at + (told ? 5 : 4);
    HeaderTail tail = HeaderTail.parse("order:" + order.substring(0, digits) + " mode:" + number);
    return new Fact.Header(
        tokens.line(at), ReportKind.ALLOC_FAILURE, null, tail, KernelNames.ANCIENT);
  }

  /**
   * The tokens from {@code from} to the end of the header, joined by blanks except within brackets.
   */
  private String tail(int from) {
    StringBuilder tail = new StringBuilder();
    boolean bracket = false;
    int i = from;
    while (i < tokens.size() && i - from < MAX_TAIL_TOKENS) {
      String token = tokens.get(i);
      boolean starts = i > from && tokens.boundary(i) != TokenStream.INSIDE;
      boolean newRecord = i > from && tokens.boundary(i) == TokenStream.HARD;
      boolean otherWords =
          i > from
              && !bracket
              && (startsSomethingElse(i, token) || (starts && !continues(tail, token)));
      if (token.equals(TokenStream.CUT) || newRecord || otherWords) {
        break;
      }
      if (!bracket && !tail.isEmpty()) {
        tail.append(' ');
      }
      tail.append(token);
      int open = token.lastIndexOf('(');
      int close = token.lastIndexOf(')');
      if (open != close) {
        bracket = open > close;
      }
      i++;
    }
    end = i;
    return tail.toString();
  }

  private boolean startsSomethingElse(int i, String token) {
    return switch (token) {
      case "CPU:", "Pid:", "Call", "Mem-Info:", "Mem-info:", "Hardware", "Node", "invoked" -> true;
      case "page" -> tokens.get(i + 1).equals("allocation");
      default -> false;
    };
  }

  /** Whether a line that starts with {@code token} is the wrapped rest of the header. */
  private static boolean continues(StringBuilder tail, String token) {
    boolean open = tail.isEmpty() || tail.charAt(tail.length() - 1) == ',';
    boolean maskSeen = tail.indexOf("mode:") >= 0 || tail.indexOf("gfp_mask=") >= 0;
    return open || HeaderTail.startsField(token) || (!maskSeen && tail.length() < 80);
  }

  /** First token of the task's name in front of the key words at {@code at}. */
  private int taskStart(int at) {
    if (tokens.boundary(at) == TokenStream.HARD || at == 0) {
      return at;
    }
    if (tokens.boundary(at) == TokenStream.SOFT) {
      return tokens.get(at).equals("invoked") || tokens.get(at - 1).endsWith(":") ? at - 1 : at;
    }
    int start = at - 1;
    while (start > 0 && at - start < 8 && tokens.boundary(start) == TokenStream.INSIDE) {
      start--;
    }
    return start;
  }

  private @Nullable String task(int at) {
    int start = taskStart(at);
    if (start == at) {
      return null;
    }
    StringBuilder name = new StringBuilder();
    for (int i = start; i < at; i++) {
      name.append(i > start ? " " : "").append(tokens.get(i));
    }
    String task = name.toString();
    if (task.endsWith(":")) {
      task = task.substring(0, task.length() - 1);
    }
    if (task.length() > MAX_TASK) {
      task = task.substring(task.lastIndexOf(' ') + 1);
    }
    if (task.length() > MAX_TASK) {
      task = task.substring(task.lastIndexOf(']') + 1);
    }
    boolean named = task.chars().anyMatch(Character::isLetterOrDigit); // "..." left it out
    return named ? task : null;
  }
}
