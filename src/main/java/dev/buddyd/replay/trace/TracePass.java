package dev.buddyd.replay.trace;

import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.gfp.GfpLayout;
import dev.buddyd.mm.gfp.KernelVersion;
import dev.buddyd.replay.json.LimitException;
import dev.buddyd.replay.json.RecordingException;
import dev.buddyd.replay.trace.TraceEvent.Kind;
import dev.buddyd.replay.trace.TraceResult.Fallback;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Runs a trace on one machine or on two, event by event. */
public final class TracePass {

  private static final List<String> TYPES =
      List.of("UNMOVABLE", "MOVABLE", "RECLAIMABLE", "HIGHATOMIC", "CMA", "ISOLATE");

  /** Before 4.4 the numbers meant something else (T-5). */
  private static final List<String> OLD_TYPES =
      List.of("UNMOVABLE", "RECLAIMABLE", "MOVABLE", "RESERVE", "CMA", "ISOLATE");

  private final List<String> types;
  private final TraceMachine machine;
  private final @Nullable TraceMachine compared;
  private final TraceMasks masks;
  private final int mostOperations;
  private final Map<Kind, Long> events = new EnumMap<>(Kind.class);
  private final Map<List<Integer>, Long> recordedFallbacks = new TreeMap<>(TracePass::byTypes);
  private long unknownLines;
  private long recordedFailed;
  private long happened;
  private double seconds = -1;

  /**
   * A run.
   *
   * @param machine lives through the trace
   * @param other lives through it as well, with other sysctls, or null
   * @param sysctls those of {@code other}
   * @param kernel that the trace is of: bit values of masks, numbers of migratetypes
   * @param mostOperations allocations and frees at most
   */
  public TracePass(
      SimulatedMachine machine,
      @Nullable SimulatedMachine other,
      Map<String, String> sysctls,
      KernelVersion kernel,
      int mostOperations) {
    this.machine = new TraceMachine(machine, Map.of());
    this.compared = other == null ? null : new TraceMachine(other, Map.copyOf(sysctls));
    this.types = kernel.atLeast("4.4") ? TYPES : OLD_TYPES;
    this.masks = new TraceMasks(GfpLayout.of(kernel), types);
    this.mostOperations = mostOperations;
  }

  private static int byTypes(List<Integer> a, List<Integer> b) {
    int first = Integer.compare(a.get(0), b.get(0));
    return first != 0 ? first : Integer.compare(a.get(1), b.get(1));
  }

  /**
   * Runs the whole text.
   *
   * @param progress told how many allocations and frees were done, before each; may throw
   * @throws RecordingException if there is no event of the allocator in it
   */
  public TraceResult run(InputStream text, IntConsumer progress) throws IOException {
    try (TraceReader reader = new TraceReader(text)) {
      try {
        read(reader, progress);
      } catch (ZipException | EOFException e) {
        throw new RecordingException(
            (int) Math.min(reader.lines() + 1, Integer.MAX_VALUE),
            "text",
            "cannot be inflated any further: " + e.getMessage());
      }
      if (events.isEmpty()) {
        throw new RecordingException(
            0,
            "events",
            "the text is neither JSON, nor a trace with one of mm_page_alloc, mm_page_free,"
                + " mm_page_alloc_extfrag");
      }
      return result(reader.lines());
    }
  }

  private void read(TraceReader reader, IntConsumer progress) throws IOException {
    int operations = 0;
    for (String line = reader.next(); line != null; line = reader.next()) {
      TraceEvent event = TraceLine.parse(line);
      if (event == null) {
        unknownLines += line.isBlank() || line.startsWith("#") ? 0 : 1;
        if ((reader.lines() & 0xff) == 0) {
          progress.accept(operations);
        }
        continue;
      }
      events.merge(event.kind(), 1L, Long::sum);
      seconds = event.seconds() >= 0 ? event.seconds() : seconds;
      if (event.kind() == Kind.ALLOC || event.kind() == Kind.FREE) {
        progress.accept(operations);
        if (++operations > mostOperations) {
          throw new LimitException("trace_operations", mostOperations);
        }
      }
      happen(event);
    }
  }

  private void happen(TraceEvent event) {
    switch (event.kind()) {
      case ALLOC -> {
        recordedFailed += event.pfn() == 0 ? 1 : 0;
        int mask = masks.of(event);
        machine.allocate(event, mask);
        if (compared != null) {
          compared.allocate(event, mask);
        }
        sample();
      }
      case FREE -> {
        machine.free(event);
        if (compared != null) {
          compared.free(event);
        }
        sample();
      }
      case EXTFRAG ->
          recordedFallbacks.merge(List.of(event.type(), event.fallbackType()), 1L, Long::sum);
      default -> {
        // comes in addition to a free, or tells of per-CPU lists: nothing that somebody asked for
      }
    }
  }

  private void sample() {
    happened++;
    machine.sample(happened, seconds);
    if (compared != null) {
      compared.sample(happened, seconds);
    }
  }

  private TraceResult result(long lines) {
    Map<String, Long> byName = new TreeMap<>();
    events.forEach((kind, count) -> byName.put(kind.tracepoint(), count));
    List<Fallback> fallbacks = new ArrayList<>();
    recordedFallbacks.forEach(
        (types, count) ->
            fallbacks.add(new Fallback(type(types.get(0)), type(types.get(1)), count)));
    return new TraceResult(
        lines,
        unknownLines,
        byName,
        recordedFailed,
        fallbacks,
        masks.unreadable(),
        machine.outcome(happened, seconds),
        compared == null ? null : compared.outcome(happened, seconds));
  }

  private String type(int number) {
    return number < 0 || number >= types.size() ? "?" : types.get(number);
  }
}
