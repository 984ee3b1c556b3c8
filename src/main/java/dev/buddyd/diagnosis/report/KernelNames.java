package dev.buddyd.diagnosis.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds the kernel version of a report that does not name it itself (G-57, rule 1). */
final class KernelNames {
  /** What the form of a line alone tells; the text may tell more: "2.4.27". */
  static final String ANCIENT = "2.4";

  private final NavigableMap<Integer, String> byLine = new TreeMap<>();
  private final @Nullable String prose;

  KernelNames(String text, List<ReportDraft> drafts, List<Fact.Kernel> others) {
    for (Fact.Kernel other : others) {
      byLine.put(other.line(), other.version());
    }
    for (ReportDraft draft : drafts) {
      String version = draft.kernelVersion();
      if (version != null && !version.equals(ANCIENT)) {
        byLine.put(draft.line(), version);
      }
    }
    this.prose = byLine.isEmpty() && !drafts.isEmpty() ? inProse(text) : null;
  }

  /** The version that the report names itself, else the nearest in the text, else one in prose. */
  @Nullable KernelName of(ReportDraft draft) {
    String own = draft.kernelVersion();
    if (own != null && !own.equals(ANCIENT)) {
      return new KernelName(own, KernelName.Source.REPORT);
    }
    KernelName around = around(draft);
    if (own == null || (around != null && around.text().startsWith(own + "."))) {
      return around;
    }
    return new KernelName(own, KernelName.Source.REPORT);
  }

  private @Nullable KernelName around(ReportDraft draft) {
    Map.Entry<Integer, String> before = byLine.floorEntry(draft.line());
    Map.Entry<Integer, String> after = byLine.ceilingEntry(draft.line());
    if (before != null
        && (after == null || draft.line() - before.getKey() <= after.getKey() - draft.line())) {
      return new KernelName(before.getValue(), KernelName.Source.LOG);
    }
    if (after != null) {
      return new KernelName(after.getValue(), KernelName.Source.LOG);
    }
    return prose == null ? null : new KernelName(prose, KernelName.Source.PROSE);
  }

  /** "kernel 4.19", "linux-5.10.2", "on v6.1": the first version behind such a word. */
  private static @Nullable String inProse(String text) {
    int length = text.length();
    int i = 0;
    while (i < length) {
      char c = text.charAt(i);
      boolean starts = c >= '2' && c <= '9' && (i == 0 || !isWordPart(text.charAt(i - 1), text, i));
      if (!starts) {
        i++;
        continue;
      }
      int to = i;
      while (to < length && to - i < 80 && isVersionChar(text.charAt(to))) {
        to++;
      }
      String word = text.substring(i, to);
      if (StackScanner.isVersion(word) && followsKernelWord(text, i)) {
        return trim(word);
      }
      i = to;
    }
    return null;
  }

  private static boolean isWordPart(char before, String text, int at) {
    boolean versionMark =
        before == 'v' && (at < 2 || !Character.isLetterOrDigit(text.charAt(at - 2)));
    return !versionMark && (Character.isLetterOrDigit(before) || before == '.' || before == '_');
  }

  private static boolean followsKernelWord(String text, int at) {
    int from = Math.max(0, at - 12);
    String before = text.substring(from, at).toLowerCase(Locale.ROOT);
    before = before.substring(before.lastIndexOf('[') + 1); // "kernel: [7.25]" is a time
    return before.contains("kernel") || before.contains("linux");
  }

  private static boolean isVersionChar(char c) {
    return Lexemes.isDigit(c) || Lexemes.isLetter(c) || "._-+".indexOf(c) >= 0;
  }

  private static String trim(String version) {
    int end = version.length();
    while (end > 0 && "._-".indexOf(version.charAt(end - 1)) >= 0) {
      end--;
    }
    return version.substring(0, end);
  }
}
