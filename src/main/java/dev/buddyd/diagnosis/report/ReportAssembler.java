package dev.buddyd.diagnosis.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives each fact of a stream to the report that it belongs to. Normally that is the last header.
 * Two CPUs that print at the same time without caller ids interleave line by line; then a line goes
 * to the older report that still lacks it.
 */
final class ReportAssembler {
  /** No more than this many CPUs are expected to print at the same time. */
  private static final int WINDOW = 8;

  private static final int LOOK_AHEAD = 512;

  private static final int WORK_PER_FACT = 64;

  private final List<Fact> facts;
  private final IntConsumer work;
  private final List<ReportDraft> drafts = new ArrayList<>();
  private final List<Fact.Kernel> kernels = new ArrayList<>();
  private final List<Fact.SlabFailure> slabs = new ArrayList<>();
  private final List<Fact> beforeHeader = new ArrayList<>();
  private Fact.@Nullable VmallocNote pendingNote;
  private int position;

  ReportAssembler(List<Fact> facts, IntConsumer work) {
    this.facts = facts;
    this.work = work;
  }

  /** Versions found in lines that belong to no report. */
  List<Fact.Kernel> otherKernels() {
    return kernels;
  }

  /** Failures of slab caches, which repeat what a report says, or stand alone. */
  List<ReportDraft> slabFailures() {
    return slabs.stream()
        .limit(ReportParser.MAX_REPORTS)
        .map(
            slab -> new Fact.Header(slab.line(), ReportKind.ALLOC_FAILURE, null, slab.tail(), null))
        .map(ReportDraft::of)
        .toList();
  }

  List<ReportDraft> assemble() {
    boolean room = true;
    for (position = 0; position < facts.size() && room; position++) {
      room = drafts.size() <= ReportParser.MAX_REPORTS;
      work.accept(WORK_PER_FACT);
      take(facts.get(position));
    }
    return drafts.stream().filter(ReportDraft::isReport).toList();
  }

  private void take(Fact fact) {
    switch (fact) {
      case Fact.Header header -> header(header);
      case Fact.VmallocNote note -> pendingNote = note;
      case Fact.SlabFailure slab -> slabs.add(slab);
      case Fact.Cpu cpu -> cpu(cpu);
      case Fact.Kernel kernel -> kernels.add(kernel);
      case Fact.Cpuset cpuset -> onLast(draft -> draft.add(cpuset));
      case Fact.Frame frame -> frame(frame);
      case Fact.Interrupt ignored -> onLast(ReportDraft::interrupted);
      case Fact.MemInfo memInfo -> forMemInfo(memInfo.line()).memInfo();
      case Fact.Counters counters -> onLast(draft -> draft.add(counters));
      case Fact.NodeStats stats -> onLast(draft -> draft.add(stats));
      case Fact.ZoneStats zone -> forZone(zone).add(zone);
      case Fact.ZoneRest rest -> rest(rest);
      case Fact.Reserve reserve -> reserve(reserve);
      case Fact.Blocks blocks -> forBlocks(blocks).zones().add(blocks);
      case Fact.Sum sum -> onLast(draft -> draft.add(sum));
      case Fact.Constraint constraint ->
          forOom(constraint.line(), draft -> !draft.hasConstraint()).add(constraint);
      case Fact.Memcg memcg -> forOom(memcg.line(), draft -> !draft.hasVictims()).add(memcg);
      case Fact.Kill kill -> forOom(kill.line(), draft -> true).add(kill);
      case Fact.Panic panic -> forOom(panic.line(), draft -> true).panic();
    }
  }

  private @Nullable ReportDraft last() {
    return drafts.isEmpty() ? null : drafts.getLast();
  }

  private void onLast(Consumer<ReportDraft> action) {
    ReportDraft draft = last();
    if (draft != null) {
      action.accept(draft);
    }
  }

  /** The oldest draft among the last few that satisfies the condition, or null. */
  private @Nullable ReportDraft oldest(Predicate<ReportDraft> condition) {
    for (int i = Math.max(0, drafts.size() - WINDOW); i < drafts.size(); i++) {
      if (condition.test(drafts.get(i))) {
        return drafts.get(i);
      }
    }
    return null;
  }

  /** The newest draft among the last few that satisfies the condition, or null. */
  private @Nullable ReportDraft newest(Predicate<ReportDraft> condition) {
    for (int i = drafts.size() - 1; i >= Math.max(0, drafts.size() - WINDOW); i--) {
      if (condition.test(drafts.get(i))) {
        return drafts.get(i);
      }
    }
    return null;
  }

  private void header(Fact.Header header) {
    ReportDraft draft = ReportDraft.of(header);
    if (pendingNote != null) {
      draft.add(pendingNote);
      pendingNote = null;
    }
    beforeHeader.clear();
    drafts.add(draft);
  }

  private void cpu(Fact.Cpu cpu) {
    ReportDraft draft = oldest(d -> !d.cpuSeen() && d.hasHeader() && !d.memInfoSeen());
    if (draft == null) {
      draft = newest(d -> !d.cpuSeen() && !d.memInfoDone());
    }
    if (draft != null) {
      draft.add(cpu);
      return;
    }
    if (cpu.kernel() != null) {
      kernels.add(new Fact.Kernel(cpu.line(), cpu.kernel()));
    }
    remember(cpu);
  }

  private void frame(Fact.Frame frame) {
    ReportDraft draft = last();
    if (draft == null || draft.memInfoSeen()) {
      remember(frame);
    } else {
      draft.add(frame);
    }
  }

  /**
   * Keeps what stands in front of a Mem-Info block without header: it may be the rest of its stack.
   */
  private void remember(Fact fact) {
    if (beforeHeader.size() < LOOK_AHEAD) {
      beforeHeader.add(fact);
    }
  }

  private ReportDraft headless(int line) {
    ReportDraft draft = ReportDraft.headless(line);
    for (Fact fact : beforeHeader) {
      if (fact instanceof Fact.Cpu cpu) {
        draft.add(cpu);
      } else if (fact instanceof Fact.Frame frame) {
        draft.add(frame);
      }
    }
    beforeHeader.clear();
    drafts.add(draft);
    return draft;
  }

  /**
   * The newest report that has no block yet. One whose header stands before another whole report
   * waits for a block only if a second one comes: the other may have taken what was its own.
   */
  private ReportDraft forMemInfo(int line) {
    ReportDraft draft = newest(ReportDraft::lacksBlock);
    ReportDraft last = last();
    boolean open = last != null && !last.memInfoDone();
    boolean waits = draft != null && (open || draft.hasHeader());
    return draft != null && waits ? overlapping(draft) : headless(line);
  }

  private ReportDraft forZone(Fact.ZoneStats zone) {
    Predicate<ReportDraft> lacksIt =
        d -> mayTakeZones(d) && !d.zones().has(zone.node(), zone.zone());
    ReportDraft newest = newest(lacksIt);
    if (newest == null) {
      return headless(zone.line());
    }
    ReportDraft oldest = oldest(lacksIt);
    return overlapping(oldest != null && oldest != newest && comesAgain(zone) ? oldest : newest);
  }

  /**
   * Notes that a report goes on behind the header of a later one: nothing tells for certain which
   * of both the lines are of.
   */
  private ReportDraft overlapping(ReportDraft draft) {
    for (int i = drafts.size() - 1; drafts.get(i) != draft; i--) {
      drafts.get(i).overlap();
      draft.overlap();
    }
    return draft;
  }

  /**
   * A report whose Mem-Info block is open; an older one that never had one is not waiting for it.
   */
  private boolean mayTakeZones(ReportDraft draft) {
    boolean begun = draft.memInfoSeen() || !draft.zones().isEmpty() || draft == last();
    return begun && !draft.memInfoDone();
  }

  /**
   * Whether the same zone is printed once more before the next report starts: two are interleaved.
   */
  private boolean comesAgain(Fact.ZoneStats zone) {
    int limit = Math.min(facts.size(), position + LOOK_AHEAD);
    for (int i = position + 1; i < limit; i++) {
      Fact fact = facts.get(i);
      if (fact instanceof Fact.Header) {
        return false;
      }
      if (fact instanceof Fact.ZoneStats other
          && other.zone().equals(zone.zone())
          && Objects.equals(other.node(), zone.node())) {
        return true;
      }
    }
    return false;
  }

  private void rest(Fact.ZoneRest rest) {
    ReportDraft draft = newest(d -> d.zones().wantsRest());
    if (draft != null && !draft.memInfoDone()) {
      draft.zones().add(rest);
    }
  }

  private void reserve(Fact.Reserve reserve) {
    ReportDraft draft = oldest(d -> d.zones().wantsReserve() && !d.memInfoDone());
    if (draft != null) {
      draft.zones().add(reserve);
    }
  }

  private ReportDraft forBlocks(Fact.Blocks blocks) {
    ReportDraft draft =
        oldest(
            d ->
                d.zones().has(blocks.node(), blocks.zone())
                    && !d.zones().hasBlocks(blocks.node(), blocks.zone())
                    && mayTakeZones(d));
    if (draft == null) {
      draft = newest(d -> mayTakeZones(d) && !d.zones().hasBlocks(blocks.node(), blocks.zone()));
    }
    return draft != null ? draft : headless(blocks.line());
  }

  private ReportDraft forOom(int line, Predicate<ReportDraft> condition) {
    ReportDraft draft = newest(d -> d.isOom() && condition.test(d));
    if (draft == null) {
      draft = newest(d -> d.isOom() && d.hasHeader());
    }
    return draft != null ? draft : headless(line);
  }
}
