package dev.buddyd.diagnosis.report;

import org.jspecify.annotations.Nullable;

/**
 * Recognises the part between header and Mem-Info: who ran, on which kernel, and how it got there.
 */
final class StackScanner {
  private final TokenStream tokens;
  private int end;

  StackScanner(TokenStream tokens) {
    this.tokens = tokens;
  }

  int end() {
    return end;
  }

  @Nullable Fact scan(int at) {
    String token = tokens.get(at);
    end = at + 1;
    return switch (token) {
      case "CPU:" -> Lexemes.isNumber(tokens.get(at + 1)) ? cpu(at, at + 2) : null;
      case "Pid:", "PID:" -> cpu(at, at);
      case "Tainted:", "tainted" -> cpu(at, at);
      case "Linux" -> version(at);
      case "<IRQ>", "<SOFTIRQ>", "<NMI>" -> new Fact.Interrupt(tokens.line(at));
      default -> token.startsWith("cpuset=") ? cpuset(at) : frame(at, token);
    };
  }

  /** "CPU: 7 [UID: 0] PID: 2638 Comm: kworker/7:1 [Kdump: loaded] Not tainted 5.4.30 #5". */
  private @Nullable Fact cpu(int at, int from) {
    Long pid = null;
    String comm = null;
    String taint = null;
    String kernel = null;
    int i = from;
    int limit = Math.min(tokens.size(), at + 40);
    while (i < limit && kernel == null) {
      String token = tokens.get(i);
      if (i > at && (tokens.boundary(i) == TokenStream.HARD || endsCpuLine(token))) {
        break;
      }
      if (token.equals("PID:") || token.equals("Pid:")) {
        pid = Lexemes.number(token(i + 1));
      } else if (token.equals("Comm:") || token.equals("comm:")) {
        comm = comm(i + 1);
      } else if (token.equals("tainted") || token.equals("Tainted:")) {
        int version = versionBehindTaint(i + 1);
        taint = token.equals("tainted") ? "Not tainted" : taint(i + 1, version);
        kernel = version > 0 ? bare(tokens.get(version)) : null;
        end = version > 0 ? version + 1 : i + 1;
        return new Fact.Cpu(tokens.line(at), pid, comm, kernel, taint);
      }
      i++;
    }
    end = Math.max(at + 1, i);
    return pid == null && comm == null
        ? null
        : new Fact.Cpu(tokens.line(at), pid, comm, null, null);
  }

  private static boolean endsCpuLine(String token) {
    return token.equals("Call") || token.equals("Hardware") || token.equals("Mem-Info:");
  }

  private String token(int i) {
    String token = tokens.get(i);
    return token.endsWith(",") ? token.substring(0, token.length() - 1) : token;
  }

  /** The name behind "Comm:"; it may hold blanks, and ends where the taint starts. */
  private String comm(int from) {
    StringBuilder comm = new StringBuilder(tokens.get(from));
    for (int i = from + 1; i < from + 4 && comm.length() < 16; i++) {
      String token = tokens.get(i);
      if (token.equals("Not")
          || token.startsWith("Tainted")
          || token.equals("Kdump:")
          || token.endsWith("ainted")
          || tokens.boundary(i) == TokenStream.HARD) {
        break;
      }
      comm.append(' ').append(token);
    }
    String name = comm.toString();
    return name.length() > 15 ? tokens.get(from) : name;
  }

  /** Index of the version number behind the taint letters, or -1. */
  private int versionBehindTaint(int from) {
    for (int i = from; i < from + 24 && i < tokens.size(); i++) {
      if (i > from && tokens.boundary(i) == TokenStream.HARD) {
        return -1;
      }
      if (isVersion(bare(tokens.get(i)))) {
        return i;
      }
    }
    return -1;
  }

  /** "EFLAGS: 00010246 (2.6.11)": old kernels put the version in brackets. */
  private static String bare(String token) {
    boolean bracketed = token.length() > 2 && token.startsWith("(") && token.endsWith(")");
    return bracketed ? token.substring(1, token.length() - 1) : token;
  }

  private String taint(int from, int version) {
    StringBuilder letters = new StringBuilder();
    int to = version > 0 ? version : from + 1;
    for (int i = from; i < to && letters.length() < 40; i++) {
      letters.append(tokens.get(i));
    }
    return letters.toString();
  }

  private @Nullable Fact version(int at) {
    if (tokens.get(at + 1).equals("version") && isVersion(tokens.get(at + 2))) {
      end = at + 3;
      return new Fact.Kernel(tokens.line(at), tokens.get(at + 2));
    }
    return null;
  }

  /**
   * {@code 2.6.32-642.el6}, {@code 6.17.0-rc5}: two numbers and more, starting with a sane major.
   */
  static boolean isVersion(String token) {
    int dot = Lexemes.digitsEnd(token, 0);
    if (dot == 0 || dot > 2 || dot >= token.length() - 1 || token.charAt(dot) != '.') {
      return false;
    }
    int minor = Lexemes.digitsEnd(token, dot + 1);
    if (minor == dot + 1 || minor - dot > 4) {
      return false;
    }
    char c = minor < token.length() ? token.charAt(minor) : '.';
    return token.charAt(0) >= '2' && (c == '.' || c == '-' || c == '+');
  }

  /** "COMM cpuset=/ mems_allowed=0", a line of its own before 5.0. */
  private @Nullable Fact cpuset(int at) {
    String line = tokens.get(at) + " " + tokens.get(at + 1);
    Confinement confinement = HeaderTail.confinement(line);
    end = at + 1;
    return confinement.cpuset() == null
        ? null
        : new Fact.Cpuset(tokens.line(at), confinement.cpuset(), confinement.memsAllowed());
  }

  /** {@code function+0x1b2/0x2160}. */
  private @Nullable Fact frame(int at, String token) {
    int plus = token.indexOf("+0x");
    if (plus <= 0 || plus > 100 || token.indexOf("/0x", plus) < 0) {
      return null;
    }
    boolean guess = tokens.get(at - 1).equals("?");
    String function = token.substring(0, plus);
    boolean symbol = Character.isLetter(function.charAt(0)) || function.charAt(0) == '_';
    return guess || !symbol ? null : new Fact.Frame(tokens.line(at), function);
  }
}
