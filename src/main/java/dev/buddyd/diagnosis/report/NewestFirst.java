package dev.buddyd.diagnosis.report;

/**
 * Recognises a text whose lines stand in reverse order, as viewers of log stores show and export
 * them: every block then ends where the kernel begins it, and the header comes last.
 */
final class NewestFirst {
  private static final String[] RESERVE = {"lowmem_reserve[]"};
  private static final String[] INFO = {"Mem-Info:", "Mem-info:"};
  private static final String[] HEADER = {" page allocation failure", " invoked oom-killer"};

  private NewestFirst() {}

  /** Whether reserves stand before their head, and heads before their header, first and last. */
  static boolean is(String text) {
    return ordered(first(text, RESERVE), first(text, INFO), first(text, HEADER))
        && ordered(last(text, RESERVE), last(text, INFO), last(text, HEADER));
  }

  private static boolean ordered(int reserve, int info, int header) {
    return reserve >= 0 && reserve < info && info < header;
  }

  private static int first(String text, String... words) {
    int first = -1;
    for (String word : words) {
      int at = text.indexOf(word);
      first = first < 0 || (at >= 0 && at < first) ? at : first;
    }
    return first;
  }

  private static int last(String text, String... words) {
    int last = -1;
    for (String word : words) {
      last = Math.max(last, text.lastIndexOf(word));
    }
    return last;
  }

  /** The same lines in the order of time. */
  static String turned(String text) {
    StringBuilder turned = new StringBuilder(text.length() + 1);
    int end = text.length();
    while (end >= 0) {
      int newline = text.lastIndexOf('\n', end - 1);
      turned.append(text, newline + 1, end).append('\n');
      end = newline;
    }
    return turned.toString();
  }
}
