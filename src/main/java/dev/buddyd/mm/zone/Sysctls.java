package dev.buddyd.mm.zone;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The files under {@code /proc/sys/vm}: reading, writing, and what a write sets in motion (spec 02,
 * section 8). For writes the machine must be quiesced.
 */
public final class Sysctls {

  /** A sysctl that does not exist or does not take this value: the kernel says EINVAL. */
  public static final class InvalidSysctlException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    InvalidSysctlException(String reason) {
      super(reason);
      this.reason = reason;
    }

    /** Why the value was refused. */
    public String reason() {
      return reason;
    }
  }

  private Sysctls() {}

  /** All names, sorted. */
  public static List<String> names() {
    return Arrays.stream(Knob.values())
        .map(knob -> knob.name().toLowerCase(Locale.ROOT))
        .sorted()
        .toList();
  }

  /** The text of the file, without a final newline. */
  public static String read(PhysicalMemory memory, String name) {
    Tunables t = memory.tunables();
    Knob knob = knob(name);
    return switch (knob) {
      case LOWMEM_RESERVE_RATIO ->
          IntStream.range(0, t.lowmemReserveRatios())
              .mapToObj(i -> Integer.toString(t.lowmemReserveRatio(i)))
              .collect(Collectors.joining("\t"));
      case NUMA_ZONELIST_ORDER -> "Node";
      default -> Integer.toString(t.get(knob));
    };
  }

  /**
   * Writes a file and recomputes what depends on it.
   *
   * @throws InvalidSysctlException if there is no such sysctl or the kernel would refuse the value;
   *     nothing was changed
   */
  public static void write(PhysicalMemory memory, String name, String text) {
    Knob knob = knob(name);
    Tunables tunables = memory.tunables();
    String value = text.strip();
    switch (knob) {
      case LOWMEM_RESERVE_RATIO -> {
        tunables.setLowmemReserveRatio(ratios(value, tunables));
        Sizing.lowmemReserve(memory); // Z-32
        return;
      }
      case NUMA_ZONELIST_ORDER -> {
        if (value.isEmpty() || "nNdD".indexOf(value.charAt(0)) < 0) { // Z-11
          throw new InvalidSysctlException(
              "vm.numa_zonelist_order takes Node or Default, not '" + value + "'");
        }
        return;
      }
      default -> {}
    }
    int number = number(knob, value);
    tunables.set(knob, number);
    switch (knob) {
      case MIN_FREE_KBYTES -> {
        tunables.setUserMinFreeKbytes(number);
        Sizing.watermarks(memory);
      }
      case WATERMARK_SCALE_FACTOR -> Sizing.watermarks(memory);
      case PERCPU_PAGELIST_HIGH_FRACTION -> Sizing.pagesets(memory);
      default -> {}
    }
  }

  private static Knob knob(String name) {
    for (Knob knob : Knob.values()) {
      if (knob.name().toLowerCase(Locale.ROOT).equals(name)) {
        return knob;
      }
    }
    throw new InvalidSysctlException("there is no sysctl vm." + name);
  }

  private static int number(Knob knob, String value) {
    long number;
    try {
      number = Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw outOfRange(knob, "'" + value + "'");
    }
    String name = knob.name().toLowerCase(Locale.ROOT);
    if (number < knob.min() || number > knob.max()) {
      throw outOfRange(knob, Long.toString(number));
    }
    if (knob == Knob.PERCPU_PAGELIST_HIGH_FRACTION && number > 0 && number < 8) {
      throw new InvalidSysctlException("vm." + name + " takes 0 or at least 8, not " + number);
    }
    return (int) number;
  }

  private static InvalidSysctlException outOfRange(Knob knob, String value) {
    return new InvalidSysctlException(
        "vm.%s takes a whole number within %d..%d, not %s"
            .formatted(knob.name().toLowerCase(Locale.ROOT), knob.min(), knob.max(), value));
  }

  private static int[] ratios(String value, Tunables tunables) {
    int[] ratios =
        IntStream.range(0, tunables.lowmemReserveRatios())
            .map(tunables::lowmemReserveRatio)
            .toArray();
    String[] words = value.split("\\s+", -1);
    if (value.isEmpty() || words.length > ratios.length) {
      throw new InvalidSysctlException(
          "vm.lowmem_reserve_ratio takes 1 to " + ratios.length + " whole numbers");
    }
    for (int i = 0; i < words.length; i++) {
      try {
        ratios[i] = Math.max(Integer.parseInt(words[i]), 0); // Z-32
      } catch (NumberFormatException e) {
        throw new InvalidSysctlException(
            "vm.lowmem_reserve_ratio takes 1 to %d whole numbers, not '%s'"
                .formatted(ratios.length, words[i]));
      }
    }
    return ratios;
  }

  /** A sysctl that is one number, or one of the two that are text. */
  public enum Knob {
    MIN_FREE_KBYTES(0, Integer.MAX_VALUE, 0),
    WATERMARK_SCALE_FACTOR(1, 3_000, 10),
    WATERMARK_BOOST_FACTOR(0, Integer.MAX_VALUE, 15_000),
    PERCPU_PAGELIST_HIGH_FRACTION(0, Integer.MAX_VALUE, 0),
    LOWMEM_RESERVE_RATIO(0, 0, 0),
    NUMA_ZONELIST_ORDER(0, 0, 0),
    MIN_UNMAPPED_RATIO(0, 100, 1),
    MIN_SLAB_RATIO(0, 100, 5),
    ZONE_RECLAIM_MODE(0, 7, 0),
    STAT_INTERVAL(1, 3_600, 1),
    SWAPPINESS(0, 200, 60),
    COMPACTION_PROACTIVENESS(0, 100, 20),
    EXTFRAG_THRESHOLD(0, 1_000, 500),
    PANIC_ON_OOM(0, 2, 0),
    OOM_KILL_ALLOCATING_TASK(0, 1, 0),
    OOM_DUMP_TASKS(0, 1, 1);

    private final int min;
    private final int max;
    private final int initial;

    Knob(int min, int max, int initial) {
      this.min = min;
      this.max = max;
      this.initial = initial;
    }

    /** Smallest value the kernel takes. */
    public int min() {
      return min;
    }

    /** Largest value the kernel takes. */
    public int max() {
      return max;
    }

    /** Value after boot, before anything is computed. */
    public int initial() {
      return initial;
    }
  }
}
