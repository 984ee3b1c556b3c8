package dev.buddyd.procfs;

import dev.buddyd.machine.DecisionCounters;
import dev.buddyd.machine.Event;
import dev.buddyd.machine.EventRing;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.gfp.GfpMask;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The event ring as the {@code trace} file of ftrace shows it (T-40, T-41): those decisions that
 * the kernel tells by tracepoints of {@code kmem}, vmscan, compaction and oom. The time is the
 * machine's virtual time; the task is the owner on whose behalf the event happened. {@code page=}
 * is an opaque token, as in a kernel that hashes pointers.
 */
public final class FtraceText {

  private static final String HEADER_END =
      """
      #
      #                                _-----=> irqs-off/BH-disabled
      #                               / _----=> need-resched
      #                              | / _---=> hardirq/softirq
      #                              || / _--=> preempt-depth
      #                              ||| / _-=> migrate-disable
      #                              |||| /     delay
      #           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
      #              | |         |   |||||     |         |
      """;

  /** Context of an event that is written with the zone lock held. */
  private static final String LOCKED = "d..3.";

  private static final String UNLOCKED = ".....";

  private final SimulatedMachine machine;
  private final Geometry geometry;
  private final int pointerDigits;
  private final Map<Integer, KernelTask> tasks = new HashMap<>();
  private final Map<Integer, String> masks = new HashMap<>();
  private final StringBuilder lines = new StringBuilder();
  private final ReclaimTraceText reclaim;
  private final long[] kept;

  private FtraceText(SimulatedMachine machine) {
    this.machine = machine;
    this.geometry = machine.memory().geometry();
    this.pointerDigits = geometry.arch().equals("x86_32") ? 8 : 16;
    this.kept = new long[machine.memory().cpus()];
    this.reclaim = new ReclaimTraceText(machine, lines);
  }

  /** Writes the whole file; events that happen meanwhile are in it or not. */
  public static void write(SimulatedMachine machine, Appendable out) throws IOException {
    new FtraceText(machine).write(out);
  }

  private void write(Appendable out) throws IOException {
    DecisionCounters counters = machine.counters();
    long[] written = new long[kept.length];
    Arrays.setAll(written, counters::tracepoints);
    EventRing ring = machine.events();
    long last = ring.lastSequence();
    long first = ring.firstSequence();
    for (long sequence = first; sequence <= last; sequence++) {
      Event event = ring.get(sequence);
      if (event != null
          && DecisionCounters.isTracepoint(event.decision(), event.value(0), event.value(3))) {
        kept[event.cpu()]++;
        line(event);
      }
    }
    for (int cpu = 0; cpu < kept.length; cpu++) {
      // only an overrun loses events; a count that is ahead of the ring does not
      written[cpu] = first > 1 ? Math.max(written[cpu], kept[cpu]) : kept[cpu];
    }
    out.append("# tracer: nop\n#\n# entries-in-buffer/entries-written: ");
    out.append(Long.toString(Arrays.stream(kept).sum())).append('/');
    out.append(Long.toString(Arrays.stream(written).sum()));
    out.append("   #P:").append(Integer.toString(kept.length)).append('\n').append(HEADER_END);
    for (int cpu = 0; cpu < kept.length; cpu++) {
      if (written[cpu] > kept[cpu]) {
        out.append("CPU:").append(Integer.toString(cpu)).append(" [LOST ");
        out.append(Long.toString(written[cpu] - kept[cpu])).append(" EVENTS]\n");
      }
    }
    out.append(lines);
  }

  /** {@code %16s-%-7d [%03d] FFFFF %5lu.%06lu: EVENT: BODY} (T-41). */
  private void line(Event event) {
    KernelTask task =
        reclaim.task(
            event,
            tasks.computeIfAbsent(
                event.owner(), number -> KernelTask.of(machine.ownerName(number), number)));
    Columns.right(lines, task.comm(), 16);
    lines.append('-');
    Columns.left(lines, Integer.toString(task.pid()), 7);
    lines.append(" [");
    zeros(event.cpu(), 3);
    lines.append("] ");
    switch (event.decision()) {
      case MM_PAGE_ALLOC_ZONE_LOCKED, MM_PAGE_PCPU_DRAIN, MM_PAGE_ALLOC_EXTFRAG ->
          lines.append(LOCKED);
      default -> lines.append(UNLOCKED);
    }
    lines.append(' ');
    Columns.right(lines, event.timeMicros() / 1_000_000, 5);
    lines.append('.');
    zeros(event.timeMicros() % 1_000_000, 6);
    lines.append(": ");
    body(event);
    lines.append('\n');
  }

  /** T-40. */
  private void body(Event event) {
    switch (event.decision()) {
      case MM_PAGE_ALLOC -> {
        page("mm_page_alloc", event.value(0), event.value(1));
        request(event.value(2), event.value(3));
      }
      case REFUSED -> { // F-9: no page
        lines.append("mm_page_alloc: page=").repeat('0', pointerDigits);
        lines.append(" pfn=0x0 order=").append(event.value(1));
        request(event.value(2), event.value(3));
      }
      case MM_PAGE_FREE -> page("mm_page_free", event.value(0), event.value(1));
      case MM_PAGE_ALLOC_ZONE_LOCKED -> {
        page("mm_page_alloc_zone_locked", event.value(0), event.value(1));
        lines.append(" migratetype=").append(event.value(2));
        lines.append(" percpu_refill=").append(event.value(3));
      }
      case MM_PAGE_PCPU_DRAIN -> {
        page("mm_page_pcpu_drain", event.value(0), event.value(1));
        lines.append(" migratetype=").append(event.value(2));
      }
      case MM_PAGE_ALLOC_EXTFRAG -> fallback(event);
      case MM_VMSCAN_WRITE_FOLIO -> {
        lines.append("mm_vmscan_write_folio: ");
        pointer(event.value(0));
        lines.append(" flags=RECLAIM_WB_ANON|RECLAIM_WB_ASYNC"); // only anonymous pages
      }
      default -> reclaim.body(event);
    }
  }

  private void page(String name, long pfn, long order) {
    lines.append(name).append(": ");
    pointer(pfn);
    lines.append(" order=").append(order);
  }

  private void pointer(long pfn) {
    String digits = Long.toHexString(token(pfn));
    lines.append("page=").repeat('0', pointerDigits - digits.length()).append(digits);
    lines.append(" pfn=0x").append(Long.toHexString(pfn));
  }

  /** 32 scrambled bits, never 0: the same for the same frame, and nothing can be read from it. */
  private static long token(long pfn) {
    long x = (pfn + 1) * 0x9e37_79b9_7f4a_7c15L;
    x = (x ^ x >>> 29) * 0xbf58_476d_1ce4_e5b9L;
    return Math.max(x >>> 32, 1);
  }

  private void request(long migratetype, long gfp) {
    lines.append(" migratetype=").append(migratetype);
    lines.append(" gfp_flags=");
    lines.append(masks.computeIfAbsent((int) gfp, mask -> new GfpMask(mask).printTrace())); // G-41
  }

  private void fallback(Event event) {
    long order = event.value(2);
    lines.append("mm_page_alloc_extfrag: ");
    pointer(event.value(0));
    lines.append(" alloc_order=").append(event.value(1));
    lines.append(" fallback_order=").append(order);
    lines.append(" pageblock_order=").append(geometry.pageblockOrder());
    lines.append(" alloc_migratetype=").append(event.value(3));
    lines.append(" fallback_migratetype=").append(event.value(4));
    lines.append(" fragmenting=").append(order < geometry.pageblockOrder() ? 1 : 0);
    lines.append(" change_ownership=").append(event.value(5));
  }

  private void zeros(long number, int width) {
    String digits = Long.toString(number);
    lines.repeat('0', Math.max(0, width - digits.length())).append(digits);
  }
}
