package dev.buddyd.api.machine;

import dev.buddyd.mm.boot.MachineDescription;
import java.util.Objects;

/**
 * A preset in short.
 *
 * @param name its name
 * @param arch architecture
 * @param pageSizeKb page size in KiB
 * @param nodes number of nodes
 * @param cpus number of CPUs
 * @param ramMb RAM in MiB
 * @param description path of the whole description
 */
record PresetBody(
    String name, String arch, int pageSizeKb, int nodes, int cpus, long ramMb, String description) {

  static PresetBody of(MachineDescription preset) {
    int pageSizeKb = Objects.requireNonNullElse(preset.pageSizeKb(), 4);
    return new PresetBody(
        preset.name(),
        Objects.requireNonNullElse(preset.arch(), "x86_64"),
        pageSizeKb,
        preset.nodes().size(),
        preset.nodes().stream().mapToInt(node -> node.cpus().size()).sum(),
        preset.ramPages() * pageSizeKb / 1024,
        "/machine/presets/" + preset.name());
  }
}
