package dev.buddyd.api.machine;

import dev.buddyd.api.http.StateTag;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls;
import dev.buddyd.mm.zone.Zone;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The machine in service. Quantities are pages unless the name says otherwise.
 *
 * @param name what it is called
 * @param origin where it came from
 * @param epoch number of this boot or restore
 * @param sequence of its newest change
 * @param timeUs virtual time since boot, in microseconds
 * @param arch architecture
 * @param pageSizeBytes bytes of a page
 * @param maxOrder largest order of a block
 * @param pageblockOrder order of a pageblock
 * @param nodes number of nodes
 * @param cpus number of CPUs
 * @param presentPages frames that are RAM
 * @param managedPages frames given to the buddy allocator
 * @param nrFreePages frames on free lists
 * @param allocations live allocations
 * @param eventRing events kept at most
 * @param frameTables memory of all frame tables of this service
 * @param sysctls everything under {@code /proc/sys/vm} by name
 */
record MachineBody(
    String name,
    MachineOrigin origin,
    long epoch,
    long sequence,
    long timeUs,
    String arch,
    int pageSizeBytes,
    int maxOrder,
    int pageblockOrder,
    int nodes,
    int cpus,
    long presentPages,
    long managedPages,
    long nrFreePages,
    long allocations,
    int eventRing,
    Budget frameTables,
    Map<String, String> sysctls) {

  /**
   * What all machines, forks, replays and restores share.
   *
   * @param limitBytes how much they may take together
   * @param usedBytes how much they have taken
   */
  record Budget(long limitBytes, long usedBytes) {}

  static MachineBody of(SimulatedMachine machine, MachineOrigin origin) {
    StateTag tag = StateTag.of(machine);
    PhysicalMemory memory = machine.memory();
    Geometry geometry = memory.geometry();
    long limit = memory.budget().limitBytes();
    Map<String, String> sysctls = new LinkedHashMap<>();
    Sysctls.names().forEach(name -> sysctls.put(name, Sysctls.read(memory, name)));
    return new MachineBody(
        machine.name(),
        origin,
        tag.epoch(),
        tag.sequence(),
        machine.timeMicros(),
        geometry.arch(),
        1 << geometry.pageShift(),
        geometry.maxOrder(),
        geometry.pageblockOrder(),
        memory.nodes().size(),
        memory.cpus(),
        memory.zones().stream().mapToLong(z -> z.span().presentPages()).sum(),
        memory.zones().stream().mapToLong(Zone::managedPages).sum(),
        memory.zones().stream().mapToLong(MachineBody::free).sum(),
        machine.liveAllocations(),
        machine.events().capacity(),
        new Budget(limit, limit - memory.budget().remainingBytes()),
        sysctls);
  }

  private static long free(Zone zone) {
    zone.lock();
    try {
      return zone.counter().free();
    } finally {
      zone.unlock();
    }
  }
}
