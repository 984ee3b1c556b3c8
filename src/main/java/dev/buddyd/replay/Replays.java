package dev.buddyd.replay;

import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.replay.json.JsonReader;
import dev.buddyd.replay.json.RecordingException;
import dev.buddyd.replay.reclaim.ReclaimRecording;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * All replays of a service: takes them in, runs a few at a time, keeps the finished ones for a
 * while. Each runs on a machine of its own. Safe for concurrent callers.
 */
public final class Replays implements AutoCloseable {

  /** As many replays run and wait as may. */
  public static final class TooManyReplaysException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TooManyReplaysException(int running, int queued) {
      super(running + " replays run and " + queued + " wait; more are not taken");
    }
  }

  /** Machines were named, but what was sent brings its own. */
  public static final class MachinesNotAskedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MachinesNotAskedException() {
      super("a recording brings its own machine: machine, kernel and sysctl.* go with traces");
    }
  }

  private static final TraceSetup.Source NO_TRACE =
      new TraceSetup.Source() {
        @Override
        public boolean asked() {
          return false;
        }

        @Override
        public TraceSetup make() {
          throw new IllegalStateException("no trace is taken here");
        }
      };

  private static final String RECORDING = "pgoracle/1";
  private static final String TABLE = "pgoracle-table/1";
  private static final List<String> FORMATS = List.of(RECORDING, TABLE, ReclaimRecording.FORMAT);

  private final ReplayLimits limits;
  private final SectionBudget budget;
  private final InstantSource clock;
  private final ExecutorService threads;
  private final Map<Long, Replay> replays = new LinkedHashMap<>();
  private long lastId;
  private int open;

  /**
   * A place for replays.
   *
   * @param budget what all their frame tables may take, shared with the service's other machines
   * @param clock tells how long finished replays have been kept
   */
  public Replays(ReplayLimits limits, SectionBudget budget, InstantSource clock) {
    this.limits = limits;
    this.budget = budget;
    this.clock = clock;
    this.threads =
        Executors.newFixedThreadPool(
            limits.running(), Thread.ofPlatform().name("replay-", 0).daemon().factory());
  }

  /**
   * Reads what was sent and lets it run: a recording, a question, a watermark table or a recording
   * of memory running out, plain or gzip. Returns when all of it was read; see {@link
   * Replay#await}.
   *
   * @throws TooManyReplaysException if the queue is full
   * @throws dev.buddyd.replay.json.LimitException if it is too large
   * @throws RecordingException if it is none of them
   */
  public Replay start(InputStream body) throws IOException {
    return start(body, false, NO_TRACE);
  }

  /**
   * As {@link #start(InputStream)}; a trace of a host is taken as well.
   *
   * @param inflated whether the body was compressed on its way, and counted then
   * @param machines makes what a trace runs on
   * @throws MachinesNotAskedException if machines were asked for and no trace was sent
   */
  public Replay start(InputStream body, boolean inflated, TraceSetup.Source machines)
      throws IOException {
    enter();
    Replay replay;
    Run run;
    try {
      Spool sent =
          inflated
              ? Spool.of(body, "replay_inflated_bytes", limits.inflatedBytes())
              : Spool.of(body, "replay_compressed_bytes", limits.compressedBytes());
      try {
        Spool answer = new Spool("replay_inflated_bytes", 2 * limits.inflatedBytes());
        boolean json = machines == NO_TRACE || isJson(sent);
        if (json && machines.asked()) {
          throw new MachinesNotAskedException();
        }
        if (json) {
          String format = format(sent);
          replay = register(sent, answer);
          run =
              switch (format) {
                case TABLE -> new TableRun(sent, limits, budget, replay.control());
                case ReclaimRecording.FORMAT ->
                    new ReclaimRun(sent, limits, budget, replay.control());
                default -> new RecordingRun(sent, limits, budget, replay.control());
              };
        } else {
          TraceSetup setup = machines.make();
          replay = register(sent, answer);
          run = new TraceRun(sent, limits, setup, replay.control());
        }
      } catch (IOException | RuntimeException e) {
        sent.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      leave();
      throw e;
    }
    threads.execute(
        () -> {
          try {
            replay.perform(run, clock);
          } finally {
            leave();
          }
        });
    return replay;
  }

  /** Whether the first character that is no blank opens a JSON object. */
  private boolean isJson(Spool sent) {
    try (InputStream text = limits.text(sent)) {
      int c = text.read();
      while (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
        c = text.read();
      }
      return c == '{';
    } catch (IOException e) {
      return true; // damaged: whoever reads it says so
    }
  }

  /** What the text says it is. */
  private String format(Spool sent) throws IOException {
    try (JsonReader in = limits.json(sent)) {
      in.enterDocument();
      for (String key = in.nextMember(); key != null; key = in.nextMember()) {
        if (!key.equals("format")) {
          in.skip();
          continue;
        }
        String format = in.text();
        if (!FORMATS.contains(format)) {
          throw in.wrong("must be \"" + String.join("\" or \"", FORMATS) + "\"");
        }
        return format;
      }
      throw new RecordingException(in.line(), "format", "is missing");
    }
  }

  private synchronized void enter() {
    if (open >= limits.running() + limits.queued()) {
      throw new TooManyReplaysException(limits.running(), limits.queued());
    }
    open++;
  }

  private synchronized void leave() {
    open--;
    expire();
  }

  private synchronized Replay register(Spool sent, Spool answer) {
    Replay replay = new Replay(++lastId, sent, answer);
    replays.put(replay.id(), replay);
    expire();
    return replay;
  }

  /** Finished replays go when they are too old or too many. */
  private void expire() {
    Instant oldest = clock.instant().minus(limits.keptFor());
    List<Replay> finished = new ArrayList<>();
    for (Replay replay : replays.values()) {
      if (replay.endedAt() != null) {
        finished.add(replay);
      }
    }
    for (int i = 0; i < finished.size(); i++) {
      Replay replay = finished.get(i);
      Instant ended = replay.endedAt();
      if (finished.size() - i > limits.kept() || (ended != null && ended.isBefore(oldest))) {
        replays.remove(replay.id());
        replay.discard();
      }
    }
  }

  /** A replay that runs, waits or is kept. */
  public synchronized Optional<Replay> find(long id) {
    expire();
    return Optional.ofNullable(replays.get(id));
  }

  /** All replays that run, wait or are kept, in the order of their arrival. */
  public synchronized List<Replay> all() {
    expire();
    return List.copyOf(replays.values());
  }

  /** Stops a replay and forgets it; says whether there was one. */
  public synchronized boolean remove(long id) {
    Replay replay = replays.get(id);
    if (replay == null) {
      return false;
    }
    replay.cancel();
    if (replay.endedAt() != null) {
      replays.remove(id);
      replay.discard();
    }
    return true;
  }

  /** Stops everything. */
  @Override
  public void close() {
    List<Replay> left;
    synchronized (this) {
      left = List.copyOf(replays.values());
    }
    left.forEach(Replay::cancel);
    threads.shutdown();
  }
}
