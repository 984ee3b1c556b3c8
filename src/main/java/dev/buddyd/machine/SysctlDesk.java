package dev.buddyd.machine;

import dev.buddyd.machine.MachineException.Kind;
import dev.buddyd.mm.reclaim.MemoryReclaim;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls;
import java.util.List;
import java.util.function.Consumer;

/** The sysctls under {@code /proc/sys/vm}. */
public final class SysctlDesk {

  private static final String COMPACT_MEMORY = "compact_memory";
  private static final String DROP_CACHES = "drop_caches";

  private final SimulatedMachine machine;
  private final PhysicalMemory memory;

  public SysctlDesk(SimulatedMachine machine) {
    this.machine = machine;
    this.memory = machine.memory();
  }

  /** Names of all that can be read, sorted. */
  public static List<String> names() {
    return Sysctls.names();
  }

  /**
   * Reads a sysctl; without a final newline.
   *
   * @throws MachineException if there is none of this name
   */
  public String read(String knob) {
    if (isAction(knob)) {
      throw new MachineException(Kind.INVALID_SYSCTL, "vm.%s can only be written".formatted(knob));
    }
    try {
      return Sysctls.read(memory, knob);
    } catch (Sysctls.InvalidSysctlException e) {
      throw new MachineException(Kind.INVALID_SYSCTL, e.reason());
    }
  }

  /** Writes a sysctl, whatever else has changed. */
  public String write(String knob, String value) {
    return write(knob, value, any -> {});
  }

  /**
   * Writes a sysctl.
   *
   * @param check throws if the machine is not in the state it should be in; nothing changes between
   *     the check and the write of a value
   * @return what it holds now; of one that does something and holds nothing, what was written
   * @throws MachineException if the kernel would say EINVAL; nothing was changed
   */
  public String write(String knob, String value, Consumer<SimulatedMachine> check) {
    if (isAction(knob)) {
      check.accept(machine);
      return act(knob, value.strip());
    }
    memory.quiesce();
    try {
      check.accept(machine);
      Sysctls.write(memory, knob, value);
      machine.oneRequest();
      String now = Sysctls.read(memory, knob);
      int number = Sysctls.names().indexOf(knob);
      machine.event(
          Decision.SYSCTL_WRITE, Trace.NO_ZONE, 0, 0, number, firstNumber(now), 0, 0, 0, 0);
      return now;
    } catch (Sysctls.InvalidSysctlException e) {
      throw new MachineException(Kind.INVALID_SYSCTL, e.reason());
    } finally {
      memory.resume();
    }
  }

  /** The first of a sysctl's numbers; 0 for a word. */
  private static long firstNumber(String text) {
    String first = text.split("\\s", 2)[0];
    return first.matches("-?\\d{1,18}") ? Long.parseLong(first) : 0;
  }

  private static boolean isAction(String knob) {
    return knob.equals(COMPACT_MEMORY) || knob.equals(DROP_CACHES);
  }

  private String act(String knob, String value) {
    boolean drop = knob.equals(DROP_CACHES);
    int most = drop ? 4 : 1;
    if (value.length() != 1 || value.charAt(0) < '1' || value.charAt(0) > '0' + most) {
      throw new MachineException(
          Kind.INVALID_SYSCTL,
          "vm.%s takes %s, not '%.20s'".formatted(knob, drop ? "1..4" : "1", value));
    }
    MemoryReclaim reclaim = machine.reclaim();
    RequestTrace trace = machine.silentTrace();
    machine.oneRequest();
    trace.begin(0, 0);
    if (drop) {
      reclaim.dropCaches(value.charAt(0) - '0', 0, trace);
    } else {
      for (Node node : memory.nodes()) {
        reclaim.compactNode(node.id(), 0, trace);
      }
    }
    machine.background(trace);
    return value;
  }
}
