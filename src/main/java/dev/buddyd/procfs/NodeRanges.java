package dev.buddyd.procfs;

import java.util.List;

/** Numbers as the kernel lists them: {@code 0-2,4}. */
final class NodeRanges {

  private NodeRanges() {}

  /** Ascending numbers with runs drawn together; empty for none. */
  static String print(List<Integer> ascending) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < ascending.size(); ) {
      int last = i;
      while (last + 1 < ascending.size() && ascending.get(last + 1) == ascending.get(last) + 1) {
        last++;
      }
      text.append(text.isEmpty() ? "" : ",").append(ascending.get(i));
      if (last > i) {
        text.append('-').append(ascending.get(last));
      }
      i = last + 1;
    }
    return text.toString();
  }
}
