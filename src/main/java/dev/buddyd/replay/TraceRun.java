package dev.buddyd.replay;

import dev.buddyd.replay.trace.TracePass;
import dev.buddyd.replay.trace.TraceResult;
import java.io.IOException;
import java.util.Map;

/** Runs a trace of a host on machines made for it. */
final class TraceRun implements Run {

  private final Spool sent;
  private final ReplayLimits limits;
  private final TraceSetup setup;
  private final RunControl control;

  TraceRun(Spool sent, ReplayLimits limits, TraceSetup setup, RunControl control) {
    this.sent = sent;
    this.limits = limits;
    this.setup = setup;
    this.control = control;
  }

  @Override
  public ReplayResult run(Spool answer) throws IOException {
    TracePass pass =
        new TracePass(
            setup.machine(),
            setup.compared(),
            setup.sysctls(),
            setup.kernel(),
            limits.operations());
    TraceResult trace = pass.run(limits.text(sent), control::reach);
    control.begin(operations(trace));
    control.end();
    return ReplayResult.of(trace, operations(trace));
  }

  @Override
  public void close() {
    setup.close();
  }

  private static int operations(TraceResult trace) {
    Map<String, Long> events = trace.events();
    return Math.toIntExact(
        events.getOrDefault("mm_page_alloc", 0L) + events.getOrDefault("mm_page_free", 0L));
  }
}
