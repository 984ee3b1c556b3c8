package dev.buddyd.api.page;

import dev.buddyd.config.Limits;
import dev.buddyd.explain.NearMissReport;
import dev.buddyd.explain.NearMisses;
import dev.buddyd.machine.AllocationOutcome.Refused;
import dev.buddyd.machine.PageRequest;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.zone.AllocationRequest;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.springframework.stereotype.Component;

/** Near misses within their limits: how many changes, how long, how many requests at a time. */
@Component
final class NearMissSearch {

  private static final NearMissReport BUSY = new NearMissReport(List.of(), 0, true, null);

  private final Limits limits;
  private final Semaphore running;

  NearMissSearch(Limits limits) {
    this.limits = limits;
    this.running = new Semaphore(limits.nearMissRequests());
  }

  /** What would have worked; empty and truncated if too many requests look for theirs already. */
  NearMissReport of(SimulatedMachine machine, PageRequest request, Refused refused) {
    if (!running.tryAcquire()) {
      return BUSY;
    }
    try {
      int cpu = machine.cpuOf(request);
      Integer node = request.node();
      AllocationRequest again =
          AllocationRequest.of(
              refused.gfp(),
              refused.order(),
              node == null ? machine.memory().nodeOfCpu(cpu) : node,
              cpu);
      return new NearMisses(
              machine, limits.nearMissVariants(), limits.nearMissTime().toNanos(), System::nanoTime)
          .find(again);
    } finally {
      running.release();
    }
  }
}
