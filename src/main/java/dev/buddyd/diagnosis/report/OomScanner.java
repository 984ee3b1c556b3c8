package dev.buddyd.diagnosis.report;

import org.jspecify.annotations.Nullable;

/** Recognises the lines that only an OOM report has (F-80, F-81). */
final class OomScanner {
  private final TokenStream tokens;
  private int end;

  OomScanner(TokenStream tokens) {
    this.tokens = tokens;
  }

  int end() {
    return end;
  }

  @Nullable Fact scan(int at) {
    String token = tokens.get(at);
    end = at + 1;
    return switch (token) {
      case "Killed", "Kill" -> kill(at);
      case "memory:" -> usage(at);
      case "Task" -> taskKilled(at);
      case "Out" -> nothingToKill(at);
      case "Memory" -> memcgOutOfMemory(at);
      default -> token.startsWith("oom-kill:constraint=") ? constraint(at) : null;
    };
  }

  /** F-80.6: comma separated, without blanks; a mailer may wrap it. */
  private Fact constraint(int at) {
    StringBuilder all = new StringBuilder(tokens.get(at));
    int i = at + 1;
    while (tokens.boundary(i) != TokenStream.HARD && i < at + 4 && tokens.get(i).indexOf('=') > 0) {
      all.append(tokens.get(i));
      i++;
    }
    end = i;
    String line = all.toString();
    String constraint = field(line, "constraint=");
    String memcg = field(line, "oom_memcg=");
    return new Fact.Constraint(
        tokens.line(at), constraint == null ? "" : constraint, memcg, HeaderTail.confinement(line));
  }

  private static @Nullable String field(String line, String key) {
    int at = line.indexOf(key);
    if (at < 0) {
      return null;
    }
    int from = at + key.length();
    int comma = line.indexOf(',', from);
    return line.substring(from, comma < 0 ? line.length() : comma);
  }

  /**
   * "Killed process 12 (name)", "Kill process 12 (name) score 1 or sacrifice child", "Killed
   * process 12, UID 0, (name)".
   */
  private @Nullable Fact kill(int at) {
    if (!tokens.get(at + 1).equals("process")) {
      return null;
    }
    String number = tokens.get(at + 2);
    Long pid = Lexemes.number(number, 0, Lexemes.digitsEnd(number, 0));
    if (pid == null) {
      return null;
    }
    String name = "";
    for (int i = at + 3; i < at + 7; i++) {
      String token = tokens.get(i);
      if (token.startsWith("(")) {
        int close = token.indexOf(')');
        name = close > 0 ? token.substring(1, close) : token.substring(1);
        break;
      }
    }
    end = at + 3;
    boolean memcg = tokens.get(at - 1).equals("memory:") && tokens.get(at - 4).equals("cgroup");
    return new Fact.Kill(tokens.line(at), pid, name, memcg);
  }

  /** "memory: usage 524288kB, limit 524288kB, failcnt 158965". */
  private @Nullable Fact usage(int at) {
    if (!tokens.get(at + 1).equals("usage") || !tokens.get(at + 3).equals("limit")) {
      return null;
    }
    Quantity usage = Lexemes.quantity(tokens.get(at + 2), 0);
    Quantity limit = Lexemes.quantity(tokens.get(at + 4), 0);
    end = at + 5;
    return new Fact.Memcg(
        tokens.line(at),
        null,
        usage == null ? null : usage.kb(),
        limit == null ? null : limit.kb());
  }

  /** "Task in /a killed as a result of limit of /b" (until 4.20). */
  private @Nullable Fact taskKilled(int at) {
    if (!tokens.get(at + 1).equals("in") || !tokens.get(at + 3).equals("killed")) {
      return null;
    }
    for (int i = at + 4; i < at + 12; i++) {
      if (tokens.get(i).equals("limit") && tokens.get(i + 1).equals("of")) {
        String path = limited(tokens.get(at + 2), i + 2);
        return new Fact.Memcg(tokens.line(at), path, null, null);
      }
    }
    return null;
  }

  /**
   * The group at {@code at} whose limit it was: the task's own or one above it, so that a path that
   * ends within a name of the task's was torn by a line break.
   */
  private String limited(String own, int at) {
    String path = tokens.get(at);
    end = at + 1;
    String whole = path + tokens.get(at + 1);
    boolean ends = own.length() == path.length() || own.startsWith("/", path.length());
    boolean torn = own.startsWith(path) && !ends && tokens.boundary(at + 1) == TokenStream.SOFT;
    if (torn && own.startsWith(whole)) {
      end = at + 2;
      return whole;
    }
    return path;
  }

  /** "Memory cgroup stats for /a: cache:80KB ...": the first is of the group at its limit. */
  private @Nullable Fact memcgStats(int at) {
    String path = tokens.get(at + 4);
    int colon = path.indexOf(':');
    if (!tokens.get(at + 3).equals("for") || !path.startsWith("/") || colon < 0) {
      return null;
    }
    end = at + 5;
    return new Fact.Memcg(tokens.line(at), path.substring(0, colon), null, null);
  }

  private @Nullable Fact memcgOutOfMemory(int at) {
    if (tokens.get(at + 1).equals("cgroup") && tokens.get(at + 2).equals("stats")) {
      return memcgStats(at);
    }
    boolean memcg = tokens.get(at + 1).equals("cgroup") && tokens.get(at + 2).equals("out");
    if (!memcg) {
      return null;
    }
    end = at + 3; // "of memory: Killed process" follows and is its own fact
    return new Fact.Memcg(tokens.line(at), null, null, null);
  }

  private @Nullable Fact nothingToKill(int at) {
    for (int i = at + 1; i < at + 6; i++) {
      if (tokens.get(i).equals("no") && tokens.get(i + 1).equals("killable")) {
        return new Fact.Panic(tokens.line(at));
      }
    }
    return null;
  }
}
