package dev.buddyd.diagnosis.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The zones of one report while they are being collected. */
final class ZoneDrafts {
  private static final int MAX_ZONES = 4096;

  private record Key(int node, String zone) {}

  private static final class Draft {
    private final int line;
    private final Map<String, Quantity> values = new LinkedHashMap<>();
    private @Nullable Boolean unreclaimable;
    private Fact.@Nullable Reserve reserve;
    private Fact.@Nullable Blocks blocks;

    private Draft(int line) {
      this.line = line;
    }
  }

  private final Map<Key, Draft> zones = new LinkedHashMap<>();
  private @Nullable Draft last;

  boolean isEmpty() {
    return zones.isEmpty();
  }

  boolean has(@Nullable Integer node, String zone) {
    Draft draft = zones.get(key(node, zone));
    return draft != null && !draft.values.isEmpty();
  }

  boolean hasBlocks(@Nullable Integer node, String zone) {
    Draft draft = zones.get(key(node, zone));
    return draft != null && draft.blocks != null;
  }

  boolean wantsReserve() {
    return last != null && last.reserve == null;
  }

  boolean wantsRest() {
    return last != null && !last.values.containsKey("present");
  }

  void add(Fact.ZoneStats fact) {
    Draft draft = draft(fact.node(), fact.zone(), fact.line());
    if (draft != null && draft.values.isEmpty()) {
      draft.values.putAll(fact.values());
      draft.unreclaimable = fact.unreclaimable();
      last = draft;
    }
  }

  void add(Fact.ZoneRest fact) {
    Draft draft = last;
    if (draft != null) {
      fact.values().forEach(draft.values::putIfAbsent);
      draft.unreclaimable =
          draft.unreclaimable == null ? fact.unreclaimable() : draft.unreclaimable;
    }
  }

  void add(Fact.Reserve fact) {
    if (last != null && last.reserve == null) {
      last.reserve = fact;
    }
  }

  void add(Fact.Blocks fact) {
    Draft draft = draft(fact.node(), fact.zone(), fact.line());
    if (draft != null && draft.blocks == null) {
      draft.blocks = fact;
    }
  }

  private @Nullable Draft draft(@Nullable Integer node, String zone, int line) {
    if (zones.size() >= MAX_ZONES) {
      return null;
    }
    return zones.computeIfAbsent(key(node, zone), key -> new Draft(line));
  }

  private static Key key(@Nullable Integer node, String zone) {
    return new Key(node == null ? 0 : node, zone);
  }

  /** Page size from the first block size of the free lists, else from the name of the kernel. */
  PageSize pageSize(@Nullable KernelName kernel) {
    Map<Long, Integer> votes = new HashMap<>();
    for (Draft draft : zones.values()) {
      if (draft.blocks != null && !draft.blocks.blocks().isEmpty()) {
        votes.merge(draft.blocks.blocks().getFirst()[1], 1, Integer::sum);
      }
    }
    long best = 0;
    int most = 0;
    for (Map.Entry<Long, Integer> vote : votes.entrySet()) {
      boolean possible = vote.getKey() <= 256 && Long.bitCount(vote.getKey()) == 1;
      boolean better = vote.getValue() > most || (vote.getValue() == most && vote.getKey() < best);
      if (possible && better) {
        best = vote.getKey();
        most = vote.getValue();
      }
    }
    if (best > 0) {
      return new PageSize((int) best, PageSize.Source.FREE_LISTS);
    }
    return byName(kernel == null ? "" : kernel.text());
  }

  /** Enterprise kernels tell the architecture in their name; these had pages of 64 kB. */
  private static PageSize byName(String kernel) {
    boolean large =
        kernel.contains("ppc64")
            || kernel.contains("64k")
            || (kernel.contains("aarch64") && (kernel.contains("el7") || kernel.contains("el8")));
    return large
        ? new PageSize(64, PageSize.Source.KERNEL_NAME)
        : new PageSize(4, PageSize.Source.DEFAULT);
  }

  List<ZoneFacts> finish(int pageKb) {
    int columns = usualColumns();
    List<ZoneFacts> facts = new ArrayList<>();
    zones.forEach(
        (key, draft) ->
            facts.add(
                new ZoneFacts(
                    key.node(),
                    key.zone(),
                    draft.line,
                    draft.values,
                    draft.unreclaimable,
                    draft.reserve == null ? null : reserves(draft.reserve, columns),
                    draft.blocks == null ? null : freeList(draft.blocks, pageKb))));
    return facts;
  }

  /** The number of columns that most reserve lines have. */
  private int usualColumns() {
    Map<Integer, Integer> votes = new HashMap<>();
    for (Draft draft : zones.values()) {
      if (draft.reserve != null) {
        votes.merge(draft.reserve.pages().size(), 1, Integer::sum);
      }
    }
    int best = 0;
    for (Map.Entry<Integer, Integer> vote : votes.entrySet()) {
      int most = votes.getOrDefault(best, 0);
      if (vote.getValue() > most || (vote.getValue() == most && vote.getKey() < best)) {
        best = vote.getKey();
      }
    }
    return best;
  }

  /** One column too many behind a line end: a number was torn apart there. */
  private static @Nullable List<Long> reserves(Fact.Reserve fact, int columns) {
    List<Long> pages = fact.pages();
    int torn = fact.tornAt();
    if (torn > 0 && pages.size() == columns + 1) {
      Long whole = Lexemes.number("" + pages.get(torn - 1) + pages.get(torn));
      if (whole != null) {
        List<Long> joined = new ArrayList<>(pages.subList(0, torn - 1));
        joined.add(whole);
        joined.addAll(pages.subList(torn + 1, pages.size()));
        return joined;
      }
    }
    return pages.isEmpty() ? null : pages;
  }

  private static FreeList freeList(Fact.Blocks fact, int pageKb) {
    List<FreeList.Entry> entries = new ArrayList<>();
    for (int i = 0; i < fact.blocks().size(); i++) {
      long[] block = fact.blocks().get(i);
      long pages = block[1] / pageKb;
      if (pages > 0 && Long.bitCount(pages) == 1 && block[1] % pageKb == 0) {
        int order = Long.numberOfTrailingZeros(pages);
        boolean ascending = entries.isEmpty() || entries.getLast().order() < order;
        if (ascending) {
          entries.add(new FreeList.Entry(order, block[0], block[1], fact.letters().get(i)));
        }
      }
    }
    return new FreeList(entries, fact.totalKb(), fact.totalKb() != null);
  }
}
