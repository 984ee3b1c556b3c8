package dev.buddyd.api.kernel;

import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.reclaim.ReclaimCounts;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.procfs.BuddyinfoText;
import dev.buddyd.procfs.CarriedCounters;
import dev.buddyd.procfs.ExtfragText;
import dev.buddyd.procfs.MeminfoText;
import dev.buddyd.procfs.PagetypeinfoText;
import dev.buddyd.procfs.VmstatText;
import dev.buddyd.procfs.ZoneReading;
import dev.buddyd.procfs.ZoneinfoText;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Files of {@code /proc} and of debugfs, as 6.12 prints them. */
@RestController
@Tag(name = "Kernel text")
class ProcController {

  private final MachineService machines;

  ProcController(MachineService machines) {
    this.machines = machines;
  }

  private PhysicalMemory memory() {
    return machines.current().memory();
  }

  /** {@code /proc/buddyinfo}: free blocks by zone and order (T-1). */
  @GetMapping(path = "/proc/buddyinfo", produces = KernelText.MEDIA_TYPE)
  String buddyinfo() {
    return BuddyinfoText.write(memory());
  }

  /**
   * {@code /proc/pagetypeinfo}: free blocks by zone, type and order, and pageblocks by type (T-5).
   */
  @GetMapping(path = "/proc/pagetypeinfo", produces = KernelText.MEDIA_TYPE)
  String pagetypeinfo() {
    return PagetypeinfoText.write(memory());
  }

  /**
   * {@code /proc/zoneinfo}: watermarks, counters, reserves and per-CPU sets of each zone (T-10).
   */
  @GetMapping(path = "/proc/zoneinfo", produces = KernelText.MEDIA_TYPE)
  String zoneinfo() {
    SimulatedMachine machine = machines.current();
    PhysicalMemory memory = machine.memory();
    ReclaimCounts counts = machine.reclaim().counts();
    return ZoneinfoText.write(
        memory, CarriedCounters.of(memory, ZoneReading.all(memory, counts), counts), counts);
  }

  /** {@code /proc/vmstat}: counters of pages and events (T-15). */
  @GetMapping(path = "/proc/vmstat", produces = KernelText.MEDIA_TYPE)
  String vmstat() {
    SimulatedMachine machine = machines.current();
    return VmstatText.write(machine.memory(), machine.counters(), machine.reclaim().counts());
  }

  /** {@code /proc/meminfo}: totals in kB (T-20). */
  @GetMapping(path = "/proc/meminfo", produces = KernelText.MEDIA_TYPE)
  String meminfo() {
    SimulatedMachine machine = machines.current();
    return MeminfoText.write(machine.memory(), machine.reclaim().counts());
  }

  /**
   * Fragmentation index by zone and order (T-31). Near 1: a request of this order fails for lack of
   * contiguous memory; near 0: for lack of memory; -1: it would not fail.
   */
  @GetMapping(path = "/sys/kernel/debug/extfrag/extfrag_index", produces = KernelText.MEDIA_TYPE)
  String extfragIndex() {
    return ExtfragText.fragmentation(memory());
  }

  /**
   * Unusable free space index by zone and order (T-30): the share of free memory that is in smaller
   * blocks.
   */
  @GetMapping(path = "/sys/kernel/debug/extfrag/unusable_index", produces = KernelText.MEDIA_TYPE)
  String unusableIndex() {
    return ExtfragText.unusable(memory());
  }
}
