package dev.buddyd.machine;

import dev.buddyd.mm.boot.Boot;
import dev.buddyd.mm.boot.InvalidMachineException;
import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.boot.MachineTooLargeException;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.reclaim.ReclaimSettings;
import dev.buddyd.mm.zone.PhysicalMemory;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Holds the one machine that clients talk to and replaces it on boot and restore. All frame tables,
 * those of forks and replays too, live within one budget.
 */
public final class MachineService {

  private final SectionBudget budget;
  private final MachineOptions options;
  private volatile SimulatedMachine current;

  /**
   * Boots the first machine.
   *
   * @param budget of all frame tables of this process
   */
  public MachineService(MachineDescription first, SectionBudget budget, MachineOptions options) {
    this(bootState(first, budget), 1, budget, options);
  }

  /**
   * Begins with a machine that was restored from a snapshot.
   *
   * @param epoch number of this restore
   * @param budget of all frame tables of this process; the state took its part
   */
  public MachineService(
      MachineState first, long epoch, SectionBudget budget, MachineOptions options) {
    this.budget = budget;
    this.options = options;
    this.current = serve(first, epoch, options);
  }

  /**
   * A machine fresh from boot that is not in service yet.
   *
   * @throws MachineException if the description cannot be
   */
  public static MachineState bootState(MachineDescription description, SectionBudget budget) {
    PhysicalMemory memory = boot(description, budget);
    return MachineState.booted(
        description.name(),
        memory,
        ReclaimSettings.of(
            description.swapKb(), description.lruGen(), memory.geometry().pageKbytes()));
  }

  /** The machine in service. */
  public SimulatedMachine current() {
    return current;
  }

  public SectionBudget budget() {
    return budget;
  }

  /**
   * Boots another machine in place of the present one.
   *
   * @throws MachineException if the description cannot be; the present machine stays
   */
  public SimulatedMachine boot(MachineDescription description) {
    return boot(description, current -> {});
  }

  /**
   * Boots another machine in place of the present one.
   *
   * @param check throws if the present machine is not to be replaced
   * @throws MachineException if the description cannot be; the present machine stays
   */
  public SimulatedMachine boot(MachineDescription description, Consumer<SimulatedMachine> check) {
    return replace(bootState(description, budget), check);
  }

  /**
   * Puts a machine that was booted or restored in place of the present one. The present one stands
   * still from the check to its end.
   *
   * @param check throws if the present machine is not to be replaced; the state is released then
   */
  public synchronized SimulatedMachine replace(
      MachineState state, Consumer<SimulatedMachine> check) {
    SimulatedMachine old = current;
    SimulatedMachine fresh = serve(state, old.epoch() + 1, options);
    old.memory().quiesce();
    try {
      check.accept(old);
      current = fresh;
    } finally {
      old.memory().resume();
      if (current == old) {
        state.release();
      }
    }
    old.release();
    return fresh;
  }

  /**
   * Changes the machine in service if it is in a certain state. Such changes come one after
   * another, and so does {@link #replace}; requests that do not care for the state may come in
   * between.
   *
   * @param check throws if the machine is not to be changed
   */
  public synchronized <T> T changeIf(
      Consumer<SimulatedMachine> check, Function<SimulatedMachine, T> change) {
    check.accept(current);
    return change.apply(current);
  }

  /** A machine in service; if it cannot serve, what it took from the budget is given back. */
  private static SimulatedMachine serve(MachineState state, long epoch, MachineOptions options) {
    try {
      return new SimulatedMachine(state, epoch, options);
    } catch (MachineException e) {
      state.release();
      throw e;
    }
  }

  private static PhysicalMemory boot(MachineDescription description, SectionBudget budget) {
    try {
      return Boot.boot(description, budget);
    } catch (InvalidMachineException e) {
      throw new MachineException(
          MachineException.Kind.INVALID_MACHINE,
          Objects.requireNonNullElse(e.getMessage(), "invalid machine"),
          Map.of("field", e.field()));
    } catch (MachineTooLargeException e) {
      throw new MachineException(
          MachineException.Kind.TOO_LARGE,
          Objects.requireNonNullElse(e.getMessage(), "machine too large"));
    }
  }
}
