package dev.buddyd.mm.gfp;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The numbers of all flags and compound masks in one kernel: a release and its build options (G-51
 * to G-55). Reads and writes that kernel's masks, and translates them to 6.12.
 */
public final class GfpLayout {

  /** The layout of the machine that this program models: 6.12 for x86_64, as distributed (G-1). */
  public static final GfpLayout REFERENCE = of(KernelVersion.REFERENCE);

  private final KernelVersion version;
  private final Set<BuildOption> options;
  private final Map<GfpFlag, Integer> values = new EnumMap<>(GfpFlag.class);
  private final Map<String, Integer> masksByName = new LinkedHashMap<>();
  private final int known;
  private final GfpPrinter reports;
  private final GfpPrinter traces;

  private GfpLayout(KernelVersion version, Set<BuildOption> options) {
    this.version = version;
    this.options = options;
    int taken = 0;
    for (FlagSpan span : FlagHistory.SPANS) {
      if (span.holds(version, options)) {
        int value = span.value() == FlagSpan.NEXT_FREE ? nextFree(taken) : span.value();
        values.values().remove(value); // RHEL7's ACCOUNT takes the bit of KMEMCG (note a)
        values.put(span.flag(), value);
        taken |= value;
      }
    }
    known = taken;
    values.forEach((flag, value) -> masksByName.put(flag.symbol(), value));
    for (CompoundHistory.Row row : CompoundHistory.ROWS) {
      if (row.releases().contains(version)) {
        masksByName.put(row.name(), compose(row.parts()));
      }
    }
    reports = GfpPrinter.forReports(this);
    traces = GfpPrinter.forTraces(this);
  }

  /** G-2, G-54: from 6.9 on an option that is not built takes no bit. */
  private static int nextFree(int taken) {
    int bit = FlagSpan.FIRST_OPTIONAL;
    while ((taken & bit) != 0) {
      bit <<= 1;
    }
    return bit;
  }

  /** G-2: a flag that this kernel lacks counts as 0. */
  private int compose(List<String> parts) {
    int mask = 0;
    for (String part : parts) {
      boolean away = part.startsWith("-");
      String name = away ? part.substring(1) : part;
      int bits = name.contains("GFP_") ? masksByName.getOrDefault(name, 0) : valueOf(name);
      mask = away ? mask & ~bits : mask | bits;
    }
    return mask;
  }

  private int valueOf(String flagName) {
    return valueOf(GfpFlag.valueOf(flagName));
  }

  /** The layout of a release, with the build options of a distribution's kernel. */
  public static GfpLayout of(KernelVersion version) {
    return of(version, BuildOption.DISTRIBUTION);
  }

  /** The layout of a release built with these options; a Red Hat 3.10 is recognised by its name. */
  public static GfpLayout of(KernelVersion version, Set<BuildOption> options) {
    EnumSet<BuildOption> built = EnumSet.noneOf(BuildOption.class);
    built.addAll(options);
    if (version.redHatRelease().orElse(0) == 7) {
      built.add(BuildOption.RHEL7); // G-54 note a
    }
    return new GfpLayout(version, Set.copyOf(built));
  }

  /** The releases at which some number or name changed, oldest first; each stands for its run. */
  static SortedSet<KernelVersion> turningPoints() {
    SortedSet<KernelVersion> points = new TreeSet<>();
    points.add(KernelVersion.parse("2.6.32"));
    FlagHistory.SPANS.forEach(span -> addEnds(points, span.releases()));
    CompoundHistory.ROWS.forEach(row -> addEnds(points, row.releases()));
    return points;
  }

  private static void addEnds(Set<KernelVersion> points, VersionRange range) {
    Optional.ofNullable(range.from()).ifPresent(points::add);
    Optional.ofNullable(range.before()).ifPresent(points::add);
  }

  public KernelVersion version() {
    return version;
  }

  public Set<BuildOption> options() {
    return options;
  }

  public GfpEra era() {
    return GfpEra.of(version);
  }

  /** Whether this kernel has the flag. */
  public boolean has(GfpFlag flag) {
    return values.containsKey(flag);
  }

  /** The bit of a flag here, 0 if this kernel lacks it (G-2, G-53). */
  public int valueOf(GfpFlag flag) {
    return values.getOrDefault(flag, 0);
  }

  /** The number of a flag or compound mask by its full name, empty if this kernel lacks it. */
  public OptionalInt maskOf(String name) {
    Integer mask = masksByName.get(name);
    return mask == null ? OptionalInt.empty() : OptionalInt.of(mask);
  }

  /** Whether every flag has the same number in both kernels. */
  boolean hasNumbersOf(GfpLayout other) {
    return values.equals(other.values);
  }

  /** The names that this kernel knows: flags first, then compound masks. */
  public Set<String> names() {
    return Set.copyOf(masksByName.keySet());
  }

  /** The flags whose bits are set. */
  public Set<GfpFlag> flagsIn(int number) {
    Set<GfpFlag> flags = EnumSet.noneOf(GfpFlag.class);
    values.forEach(
        (flag, value) -> {
          if ((number & value) != 0) {
            flags.add(flag);
          }
        });
    return flags;
  }

  /** The set bits that no flag of this kernel owns: vendor flags, or the wrong layout (G-54). */
  public int unknownBits(int number) {
    return number & ~known;
  }

  /**
   * Reads a mask from text, names and numbers being this kernel's; a name of another kernel is
   * replaced by what comes nearest here (G-43, G-50).
   *
   * @throws GfpParseException if a part is neither a number nor a name that any kernel knew
   */
  public ParsedGfp parse(String text) {
    return GfpParser.parse(text, this);
  }

  /** The number as reports print its names ({@code %pGg}), in this kernel's names (G-40). */
  public String print(int number) {
    return reports.print(number);
  }

  /** The number as tracepoints print it ({@code gfp_flags=}), in this kernel's names (G-41). */
  public String printTrace(int number) {
    return traces.print(number);
  }

  /** The 6.12 mask of the same meaning (G-56); bits without a counterpart are left out. */
  public int toModern(int number) {
    int modern = 0;
    int cleared = 0;
    for (GfpFlag flag : flagsIn(number)) {
      modern |= flag.modernBits();
      cleared |= flag.modernClears();
    }
    if (era() == GfpEra.A) {
      modern |= Gfp.KSWAPD_RECLAIM; // G-56: before 4.4 kswapd was woken unless NO_KSWAPD
    }
    return modern & ~cleared;
  }

  /** The bits of this kernel that ask for what these 6.12 bits ask for; 0 where nothing does. */
  int express(int modernBits) {
    int number = 0;
    for (Map.Entry<GfpFlag, Integer> entry : values.entrySet()) {
      int bits = entry.getKey().modernBits();
      if (bits != 0 && (modernBits & bits) == bits) {
        number |= entry.getValue();
      }
    }
    boolean sleeps = (modernBits & Gfp.DIRECT_RECLAIM) != 0;
    return sleeps ? number | valueOf(GfpFlag.WAIT) : number;
  }

  @Override
  public String toString() {
    return "GFP layout of " + version + (options.isEmpty() ? "" : " built with " + options);
  }
}
