package dev.buddyd.replay.recording;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.replay.json.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What {@code machine.kernel} says about the kernel's build: becomes a {@link Geometry}. */
public final class KernelShape {

  private static final int MAX_NODES = 1024;

  private KernelShape() {}

  /**
   * The geometry of the kernel that was recorded.
   *
   * @param kernel {@code machine.kernel}
   * @param zoneNames the kinds of zone by index
   * @param numaBuilt whether the zones have NUMA events
   */
  public static Geometry geometry(Field kernel, List<ZoneKind> zoneNames, boolean numaBuilt) {
    Field arch = kernel.find("arch");
    int pageShift = kernel.at("pageShift").asInt(12, 16);
    int maxOrder = kernel.at("maxPageOrder").asInt(1, 14);
    int pageblockOrder = kernel.at("pageblockOrder").asInt(4, maxOrder);
    Field lists = kernel.at("nrPcpLists");
    int pcpLists = lists.asInt(12, 14);
    if (pcpLists == 13) {
      throw lists.wrong("must be 12 or 14, not 13");
    }
    return new Geometry(
        arch == null ? "x86_64" : arch.asText(),
        pageShift,
        maxOrder,
        pageblockOrder,
        pcpLists == 14,
        cmaBuilt(kernel.at("migrateTypes")),
        numaBuilt,
        zoneNames,
        kernel.at("pcpBatchScaleMax").asInt(0, 6),
        MAX_NODES);
  }

  private static boolean cmaBuilt(Field types) {
    List<String> names = types.items().stream().map(Field::asText).toList();
    for (boolean cma : new boolean[] {false, true}) {
      if (names.equals(MigrateType.procNames(cma))) {
        return cma;
      }
    }
    throw types.wrong("must be " + MigrateType.procNames(false) + " or the same with CMA");
  }

  /** Kinds of zone from an array of their names. */
  public static List<ZoneKind> kinds(List<Field> names) {
    List<ZoneKind> kinds = new ArrayList<>();
    for (Field name : names) {
      ZoneKind kind = kind(name.asText());
      if (kind == null || (!kinds.isEmpty() && kinds.getLast().compareTo(kind) >= 0)) {
        throw name.wrong(
            "zone types must be of DMA, DMA32, Normal, HighMem, Movable, Device in order");
      }
      kinds.add(kind);
    }
    return kinds;
  }

  private static @Nullable ZoneKind kind(String name) {
    for (ZoneKind kind : ZoneKind.values()) {
      if (kind.kernelName().equals(name)) {
        return kind;
      }
    }
    return null;
  }

  /** Name of the event that counts pages handed out of this kind of zone (B-61). */
  public static String allocEvent(ZoneKind kind) {
    return "pgalloc_"
        + (kind == ZoneKind.HIGHMEM ? "high" : kind.kernelName().toLowerCase(Locale.ROOT));
  }
}
