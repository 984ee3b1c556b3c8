package dev.buddyd.config;

import dev.buddyd.machine.MachineException;
import dev.buddyd.mm.boot.MachineDescription;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The machines that come with the program: resources {@code presets/*.json}. */
public final class Presets {

  private static final List<String> NAMES =
      List.of("x86_64", "x86_64-numa", "x86_32", "arm64", "arm64-64k", "tiny");

  private final Map<String, MachineDescription> byName = new LinkedHashMap<>();

  /** Reads all presets. */
  public Presets(JsonMapper mapper) {
    for (String name : NAMES) {
      byName.put(name, read(mapper, name));
    }
  }

  private static MachineDescription read(JsonMapper mapper, String name) {
    try (InputStream in = Presets.class.getResourceAsStream("/presets/" + name + ".json")) {
      if (in == null) {
        throw new IllegalStateException("preset " + name + " is missing");
      }
      return mapper.readValue(in, MachineDescription.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Names of all presets, the default first. */
  public List<String> names() {
    return NAMES;
  }

  /**
   * The preset of a name.
   *
   * @throws MachineException if there is none
   */
  public MachineDescription get(String name) {
    MachineDescription preset = byName.get(name);
    if (preset == null) {
      throw new MachineException(
          MachineException.Kind.NO_SUCH_PRESET,
          "there is no preset '%.100s'; there are %s".formatted(name, String.join(", ", NAMES)),
          Map.of("presets", NAMES));
    }
    return preset;
  }
}
