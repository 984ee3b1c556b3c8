package dev.buddyd.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Steps as a reader wants them: what a refill or a drain of a per-CPU list, reclaim and compaction
 * do with one block after the other, and what reclaim finds on a list look by look, is told in one
 * line. Programs get each of these steps.
 */
final class Folding {

  /** So many blocks are told one by one. */
  private static final int FEW = 4;

  /** In place of an order: blocks of different orders. */
  private static final long MIXED = -1;

  private static final String LOOKED = "mm_vmscan_lru_shrink_inactive";

  private static final Set<String> MERGING = Set.of("merge", "merge_stop", "list_end");

  /** What may follow when a block is given back, until it is where it stays. */
  private static final Set<String> FREEING =
      Set.of(
          "pcp_free",
          "below_high_cleared",
          "pcp_drain",
          "merge",
          "merge_stop",
          "list_end",
          "mm_page_pcpu_drain");

  private enum Kind {
    REFILL,
    GIVE_BACK,
    MOVE,
    DRAIN;

    static Kind of(String step) {
      return switch (step) {
        case "take" -> REFILL;
        case "mm_page_free" -> GIVE_BACK;
        case "page_migrated" -> MOVE;
        default -> DRAIN;
      };
    }
  }

  private final List<ExplainedStep> steps;

  private Folding(List<ExplainedStep> steps) {
    this.steps = steps;
  }

  static List<ExplainedStep> fold(List<ExplainedStep> steps) {
    return new Folding(steps).folded();
  }

  private List<ExplainedStep> folded() {
    List<ExplainedStep> told = new ArrayList<>();
    int at = 0;
    while (at < steps.size()) {
      int looked = looksEnd(at);
      if (looked > at) {
        told.add(like(looked - 1, looks(at, looked)));
        at = looked;
        continue;
      }
      Kind kind = Kind.of(steps.get(at).step());
      int end = at;
      int blocks = -1;
      for (int next = at; next >= 0; next = sameZone(at, next) ? blockEnd(kind, next) : -1) {
        end = next;
        blocks++;
      }
      if (blocks > FEW) {
        told.add(one(kind, at, end));
        at = end;
      } else {
        told.add(steps.get(at++)); // within it there may be more that is folded
      }
    }
    return told;
  }

  private boolean sameZone(int a, int b) {
    return b < steps.size()
        && Objects.equals(steps.get(a).node(), steps.get(b).node())
        && Objects.equals(steps.get(a).zone(), steps.get(b).zone());
  }

  /** Where more than a few looks at one list end, each after what it has given back; or -1. */
  private int looksEnd(int begin) {
    int looks = 0;
    int end = begin;
    int last = -1;
    while (true) {
      int at = end;
      for (int next = at; next >= 0; next = blockEnd(Kind.GIVE_BACK, next)) {
        at = next;
      }
      if (!is(LOOKED, at) || (last >= 0 && number(at, "list") != number(last, "list"))) {
        return looks > FEW ? end : -1;
      }
      looks++;
      last = at;
      end = at + 1;
    }
  }

  private ExplainedStep one(Kind kind, int begin, int end) {
    return switch (kind) {
      case REFILL -> refill(begin, end);
      case DRAIN -> like(end - 1, "returns " + freed("mm_page_pcpu_drain", begin, end));
      case GIVE_BACK -> like(begin, "gives back " + freed("mm_page_free", begin, end));
      case MOVE -> like(begin, "moves " + freed("page_migrated", begin, end));
    };
  }

  /** Where the steps end that take or return the block whose steps begin here; -1 if none do. */
  private int blockEnd(Kind kind, int begin) {
    int last = begin;
    if (kind == Kind.REFILL) {
      boolean taken = is("take", begin) && is("mm_page_alloc_zone_locked", ++last);
      return taken && number(last, "percpu_refill") == 1 ? last + 1 : -1;
    }
    if (kind != Kind.DRAIN) {
      if (begin >= steps.size() || Kind.of(steps.get(begin).step()) != kind) {
        return -1;
      }
      do {
        last++;
      } while (last < steps.size() && FREEING.contains(steps.get(last).step()));
      return last;
    }
    while (last < steps.size() && MERGING.contains(steps.get(last).step())) {
      last++;
    }
    return is("mm_page_pcpu_drain", last) ? last + 1 : -1;
  }

  /** P-21: the blocks of a refill. */
  private ExplainedStep refill(int begin, int end) {
    LongSummaryStatistics pfns = pfns("take", begin, end);
    long order = number(begin, "order");
    long split = 0;
    Source source = claimedBefore(begin);
    for (int i = begin; i < end; i++) {
      if (is("take", i) && number(i, "from_order") > number(i, "order")) {
        split++;
        Source taken = new Source(number(i, "pfn"), number(i, "from_order"));
        source = source == null || source.order() < taken.order() ? taken : source;
      }
    }
    boolean one = source != null && source.holds(pfns.getMin()) && source.holds(pfns.getMax());
    return like(
        begin,
        "takes %s for the list of the CPU, %s: %d from the head of their list, %d by splitting larger ones%s"
            .formatted(
                Kb.blocks(pfns.getCount(), order),
                range(pfns, order),
                pfns.getCount() - split,
                split,
                one ? "; all out of " + source : ""));
  }

  /** looks at a list, and the pages that were won. */
  private String looks(int begin, int end) {
    List<Long> sums = new ArrayList<>(List.of(number(end - 1, "list"), 0L, 0L, 0L, 0L));
    long first = -1;
    for (int i = begin; i < end; i++) {
      if (is(LOOKED, i)) {
        first = first < 0 ? number(i, "priority") : first;
        sums.set(1, sums.get(1) + number(i, "scanned_pages"));
        sums.set(2, sums.get(2) + number(i, "reclaimed_pages"));
        sums.set(3, sums.get(3) + number(i, "dirty_pages"));
        sums.set(4, sums.get(4) + number(i, "writeback_pages"));
      }
    }
    return ReclaimSentences.looked(sums, first, number(end - 1, "priority"))
        + (sums.get(2) == 0 ? "" : "; gives back " + freed("mm_page_free", begin, end));
  }

  /**
   * Blocks that are free now, or leave their place free: how many there are, where they lie and
   * what merged (P-40, T-40, R-33).
   *
   * @param step the step that there is once for each of them
   */
  private String freed(String step, int begin, int end) {
    String from = step.equals("page_migrated") ? "from_pfn" : "pfn";
    LongSummaryStatistics pfns = new LongSummaryStatistics();
    LongSummaryStatistics orders = new LongSummaryStatistics();
    long merges = 0;
    Source largest = null;
    for (int i = begin; i < end; i++) {
      if (is(step, i)) {
        pfns.accept(number(i, from));
        orders.accept(number(i, "order"));
      }
      merges += is("merge", i) ? 1 : 0;
      if (is("list_end", i)) {
        Source block = new Source(number(i, "pfn"), number(i, "order"));
        largest = largest == null || largest.order() < block.order() ? block : largest;
      }
    }
    long order = orders.getMin() == orders.getMax() ? orders.getMin() : MIXED;
    return "%s, %s%s%s"
        .formatted(
            order == MIXED
                ? Kb.count(pfns.getCount()) + " blocks of several orders"
                : Kb.blocks(pfns.getCount(), order),
            range(pfns, order),
            merges == 0
                ? ""
                : "; free buddies merge " + (merges == 1 ? "once" : Kb.count(merges) + " times"),
            merges == 0 || largest == null ? "" : ", the largest is now " + largest);
  }

  /** A block that smaller ones come out of or have gone into. */
  private record Source(long pfn, long order) {
    boolean holds(long other) {
      return other >= pfn && other < pfn + (1L << order);
    }

    @Override
    public String toString() {
      return "the block of order %d at pfn %#x".formatted(order, pfn);
    }
  }

  /** The block that was claimed for the first page of this refill. */
  private @Nullable Source claimedBefore(int begin) {
    for (int i = begin - 1; i >= 0 && i >= begin - 2; i--) {
      if (is("claim_block", i)) {
        return new Source(number(i, "pfn"), number(i, "order"));
      }
    }
    return null;
  }

  private static String range(LongSummaryStatistics pfns, long order) {
    if (order == MIXED) {
      return "the first at pfn %#x, the last at %#x".formatted(pfns.getMin(), pfns.getMax());
    }
    boolean gapless = pfns.getMax() - pfns.getMin() == (pfns.getCount() - 1) << order;
    return (gapless ? "pfn %#x to %#x" : "between pfn %#x and %#x")
        .formatted(pfns.getMin(), pfns.getMax() + (1L << order) - 1);
  }

  private LongSummaryStatistics pfns(String step, int begin, int end) {
    LongSummaryStatistics pfns = new LongSummaryStatistics();
    for (int i = begin; i < end; i++) {
      if (is(step, i)) {
        pfns.accept(number(i, "pfn"));
      }
    }
    return pfns;
  }

  private ExplainedStep like(int i, String sentence) {
    ExplainedStep step = steps.get(i);
    return new ExplainedStep(
        step.rule(), step.step(), sentence, step.node(), step.zone(), Map.of());
  }

  private boolean is(String name, int i) {
    return i < steps.size() && steps.get(i).step().equals(name);
  }

  private long number(int i, String value) {
    return steps.get(i).values().get(value) instanceof Long number ? number : -1;
  }
}
