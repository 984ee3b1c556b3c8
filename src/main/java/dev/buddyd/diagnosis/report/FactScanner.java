package dev.buddyd.diagnosis.report;

import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Walks one token stream and writes down every sentence of the kernel that it knows, wherever it
 * stands; everything else is stepped over (F-72: tolerate missing and extra keys).
 */
final class FactScanner {
  /** Far more than the largest text that the service takes can hold in sense. */
  private static final int MAX_FACTS = 300_000;

  private final TokenStream tokens;
  private final List<Fact> facts;
  private final HeaderScanner headers;
  private final MemInfoScanner memInfo;
  private final OomScanner oom;
  private final StackScanner stack;

  private FactScanner(TokenStream tokens, List<Fact> facts) {
    this.tokens = tokens;
    this.facts = facts;
    this.headers = new HeaderScanner(tokens);
    this.memInfo = new MemInfoScanner(tokens);
    this.oom = new OomScanner(tokens);
    this.stack = new StackScanner(tokens);
  }

  /**
   * Appends the facts of {@code tokens} to {@code facts}, in the order of the text.
   *
   * @param work is told of the work as it is done
   */
  static void scan(TokenStream tokens, List<Fact> facts, IntConsumer work) {
    new FactScanner(tokens, facts).run(work);
  }

  private void run(IntConsumer work) {
    int i = 0;
    long done = tokens.work();
    while (i < tokens.size() && facts.size() < MAX_FACTS) {
      i = Math.max(i + 1, step(i));
      work.accept((int) (tokens.work() - done));
      done = tokens.work();
    }
  }

  private int step(int i) {
    Fact header =
        switch (tokens.first(i)) {
          case 'p', 'i', 'o', 'v', 'S', '_' -> headers.scan(i);
          default -> null;
        };
    if (header != null) {
      facts.add(header);
      return headers.end();
    }
    int end = take(memInfo.scan(i), memInfo.end());
    if (end < 0) {
      end = take(oom.scan(i), oom.end());
    }
    if (end < 0) {
      end = take(stack.scan(i), stack.end());
    }
    return end;
  }

  private int take(@Nullable Fact fact, int end) {
    if (fact == null) {
      return -1;
    }
    facts.add(fact);
    return end;
  }
}
