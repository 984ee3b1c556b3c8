package dev.buddyd.api.replay;

import dev.buddyd.api.machine.DescriptionReader;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.config.BuddydProperties;
import dev.buddyd.config.Presets;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.MachineTwin;
import dev.buddyd.machine.SysctlDesk;
import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.gfp.KernelVersion;
import dev.buddyd.replay.TraceSetup;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Makes the machines that a trace runs on. */
@Component
final class TraceMachines {

  /** Prefix of parameters that name a sysctl. */
  static final String SYSCTL = "sysctl.";

  private static final String CURRENT = "current";

  private final MachineService machines;
  private final Presets presets;
  private final DescriptionReader reader;
  private final BuddydProperties properties;

  TraceMachines(
      MachineService machines,
      Presets presets,
      DescriptionReader reader,
      BuddydProperties properties) {
    this.machines = machines;
    this.presets = presets;
    this.reader = reader;
    this.properties = properties;
  }

  /**
   * What a client asks for.
   *
   * @param machine preset, description as JSON, or {@code current}; null for the preset that the
   *     service starts with
   * @param kernel whose bit values masks have
   * @param parameters all parameters; those named like a sysctl count
   */
  TraceSetup.Source source(
      @Nullable String machine, @Nullable String kernel, Map<String, String> parameters) {
    Map<String, String> sysctls = new TreeMap<>();
    parameters.forEach(
        (name, value) -> {
          if (name.startsWith(SYSCTL)) {
            sysctls.put(name.substring(SYSCTL.length()).replaceFirst("^vm[./]", ""), value);
          }
        });
    return new TraceSetup.Source() {
      @Override
      public boolean asked() {
        return machine != null || kernel != null || !sysctls.isEmpty();
      }

      @Override
      public TraceSetup make() {
        return TraceMachines.this.make(machine, version(kernel), sysctls);
      }
    };
  }

  private TraceSetup make(
      @Nullable String machine, KernelVersion version, Map<String, String> sysctls) {
    List<MachineTwin> made = new ArrayList<>();
    Runnable close = () -> made.forEach(MachineTwin::close);
    boolean done = false;
    try {
      made.add(twin(machine));
      if (!sysctls.isEmpty()) {
        made.add(twin(machine));
        sysctls.forEach(new SysctlDesk(made.getLast().machine())::write);
      }
      done = true;
    } finally {
      if (!done) {
        close.run();
      }
    }
    return new TraceSetup(
        made.getFirst().machine(),
        made.size() > 1 ? made.getLast().machine() : null,
        sysctls,
        version,
        close);
  }

  private MachineTwin twin(@Nullable String machine) {
    if (CURRENT.equals(machine)) {
      return MachineTwin.of(machines.current());
    }
    MachineDescription description;
    if (machine != null && machine.stripLeading().startsWith("{")) {
      description = reader.read(reader.parse(machine.getBytes(StandardCharsets.UTF_8)));
    } else {
      description = presets.get(machine == null ? properties.preset() : machine);
    }
    return MachineTwin.of(MachineService.bootState(description, machines.budget()));
  }

  private static KernelVersion version(@Nullable String kernel) {
    try {
      return kernel == null ? KernelVersion.REFERENCE : KernelVersion.parse(kernel);
    } catch (IllegalArgumentException e) {
      throw ProblemException.invalid(
          "kernel", Objects.requireNonNullElse(e.getMessage(), "no kernel version"));
    }
  }
}
