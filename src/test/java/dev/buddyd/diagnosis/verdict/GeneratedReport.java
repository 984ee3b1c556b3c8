package dev.buddyd.diagnosis.verdict;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The state of a made-up machine and a refused request, and the report its kernel would print. */
record GeneratedReport(
    Kernel kernel,
    int pageKb,
    List<String> kinds,
    List<Zone> zones,
    Mask mask,
    int order,
    boolean oom,
    Confined confined,
    Stack stack) {

  static final int ORDERS = 11;

  /** A release, and the era of its masks (G-52). */
  record Kernel(String release, int number, char era) {
    boolean from(int major, int minor) {
      return number >= major * 100 + minor;
    }
  }

  /** Whether the request may use node 0 only, and by what. */
  enum Confined {
    NOT,
    BY_NODEMASK,
    BY_CPUSET
  }

  /** Where the request came from, as the call trace shows it. */
  enum Stack {
    NONE(),
    SYSTEM_CALL("dump_stack+0x5c/0x80", "warn_alloc+0x7b/0x100", "do_syscall_64+0x55/0x100"),
    OLD_ARM("[<c0012f44>] (unwind_backtrace+0x0/0xf8) from [<c0010d80>] (show_stack+0x10/0x14)"),
    POWER("[c000000fb2a03500] [c000000000a52cf4] dump_stack+0xb0/0xf0 (unreliable)"),
    RECLAIM(
        "dump_stack+0x5c/0x80", "shrink_inactive_list+0x2a1/0x480", "balance_pgdat+0x2c0/0x5f0"),
    INTERRUPT_IN_RECLAIM(
        "<IRQ>",
        "dump_stack+0x5c/0x80",
        "__do_softirq+0xd1/0x2d0",
        "</IRQ>",
        "balance_pgdat+0x2c0/0x5f0");

    private final String frames;

    Stack(String... frames) {
      this.frames = String.join("\n", frames);
    }
  }

  /** Requests, with their masks in the eras A to H (G-53, G-55). */
  enum Mask {
    GFP_KERNEL("Normal", 0xd0, 0x24000c0, 0x14000c0, 0x6000c0, 0xcc0, 0xcc0, 0xcc0, 0xcc0),
    GFP_ATOMIC("Normal", 0x20, 0x2080020, 0x1080020, 0x480020, 0xa20, 0xa20, 0xa20, 0x820),
    GFP_NOIO("Normal", 0x10, 0x2400000, 0x1400000, 0x600000, 0xc00, 0xc00, 0xc00, 0xc00),
    GFP_NOFS("Normal", 0x50, 0x2400040, 0x1400040, 0x600040, 0xc40, 0xc40, 0xc40, 0xc40),
    /** Not GFP_NOWAIT by name, which does not warn from 6.8 on. */
    NOWAIT("Normal", 0x0, 0x2000000, 0x1000000, 0x400000, 0x800, 0x800, 0x800, 0x800),
    KERNEL_DMA("DMA", 0xd1, 0x24000c1, 0x14000c1, 0x6000c1, 0xcc1, 0xcc1, 0xcc1, 0xcc1),
    KERNEL_DMA32("DMA32", 0xd4, 0x24000c4, 0x14000c4, 0x6000c4, 0xcc4, 0xcc4, 0xcc4, 0xcc4),
    ATOMIC_NOMEMALLOC(
        "Normal", 0x10020, 0x2090020, 0x1090020, 0x490020, 0x80a20, 0x80a20, 0x80a20, 0x80820),
    ATOMIC_MEMALLOC(
        "Normal", 0x2020, 0x2082020, 0x1082020, 0x482020, 0x20a20, 0x20a20, 0x20a20, 0x20820),
    GFP_USER(
        "Normal", 0x200d0, 0x24200c0, 0x14200c0, 0x6200c0, 0x100cc0, 0x100cc0, 0x100cc0, 0x100cc0),
    KERNEL_NOFAIL("Normal", 0x8d0, 0x24008c0, 0x14008c0, 0x6008c0, 0x8cc0, 0x8cc0, 0x8cc0, 0x8cc0),
    KERNEL_COMP(
        "Normal", 0x40d0, 0x24040c0, 0x14040c0, 0x6040c0, 0x40cc0, 0x40cc0, 0x40cc0, 0x40cc0),
    KERNEL_THISNODE(
        "Normal", 0x400d0, 0x24400c0, 0x14400c0, 0x6400c0, 0x200cc0, 0x200cc0, 0x200cc0, 0x200cc0),
    ATOMIC_COMP(
        "Normal", 0x4020, 0x2084020, 0x1084020, 0x484020, 0x40a20, 0x40a20, 0x40a20, 0x40820),
    KERNEL_HIGH("Normal", 0xf0, 0x24000e0, 0x14000e0, 0x6000e0, 0xce0, 0xce0, 0xce0, 0xce0),
    GFP_HIGHUSER(
        "HighMem", 0x200d2, 0x24200c2, 0x14200c2, 0x6200c2, 0x100cc2, 0x100cc2, 0x100cc2, 0x100cc2),
    GFP_HIGHUSER_MOVABLE(
        "Movable", 0x200da, 0x24200ca, 0x14200ca, 0x6200ca, 0x100cca, 0x1100cca, 0x100cca,
        0x100cca);

    private final String highest;
    private final String values;

    Mask(String highest, int... values) {
      this.highest = highest;
      this.values =
          Arrays.stream(values).mapToObj(Integer::toHexString).collect(Collectors.joining(" "));
    }

    String printed(Kernel kernel) {
      String number = "0x" + values.split(" ")[kernel.era - 'A'];
      return kernel.from(4, 6) ? number + "(" + names(kernel) + ")" : number;
    }

    private String names(Kernel kernel) {
      return switch (this) {
        case NOWAIT -> kernel.from(6, 8) ? "__GFP_KSWAPD_RECLAIM" : "GFP_NOWAIT";
        case KERNEL_DMA -> "GFP_KERNEL|GFP_DMA";
        case KERNEL_DMA32 -> "GFP_KERNEL|GFP_DMA32";
        case ATOMIC_NOMEMALLOC -> "GFP_ATOMIC|__GFP_NOMEMALLOC";
        case ATOMIC_MEMALLOC -> "GFP_ATOMIC|__GFP_MEMALLOC";
        case KERNEL_NOFAIL -> "GFP_KERNEL|__GFP_NOFAIL";
        case KERNEL_COMP -> "GFP_KERNEL|__GFP_COMP";
        case KERNEL_THISNODE -> "GFP_KERNEL|__GFP_THISNODE";
        case ATOMIC_COMP -> "GFP_ATOMIC|__GFP_COMP";
        case KERNEL_HIGH -> "GFP_KERNEL|__GFP_HIGH";
        default -> name();
      };
    }

    boolean atomic() {
      return this == GFP_ATOMIC
          || this == ATOMIC_COMP
          || this == ATOMIC_NOMEMALLOC
          || this == ATOMIC_MEMALLOC;
    }

    /** Whether the kernel would kill for it: it may wait, enter file systems, and Normal is in. */
    boolean kills() {
      return this == GFP_KERNEL || this == GFP_HIGHUSER || this == GFP_HIGHUSER_MOVABLE;
    }
  }

  /**
   * A zone, in pages.
   *
   * @param free free blocks by list letter and order
   */
  record Zone(
      int node,
      String name,
      int managed,
      int min,
      int boost,
      int reservedHighatomic,
      List<Integer> reserve,
      Map<Letter, int[]> free) {
    long blocks(int order) {
      return free.values().stream().mapToLong(counts -> counts[order]).sum();
    }

    long pages(Letter letter) {
      int[] counts = free.getOrDefault(letter, new int[ORDERS]);
      return IntStream.range(0, ORDERS).mapToLong(o -> (long) counts[o] << o).sum();
    }

    long pages() {
      return free.keySet().stream().mapToLong(this::pages).sum();
    }

    boolean has(Letter letter, int order) {
      return free.containsKey(letter) && free.get(letter)[order] > 0;
    }
  }

  /** Lists, in the order in which their letters are printed. */
  enum Letter {
    U,
    M,
    E,
    H,
    C
  }

  private static final List<Kernel> KERNELS =
      List.of(
          new Kernel("2.6.32-5-amd64", 200, 'A'),
          new Kernel("3.2.0-4", 302, 'A'),
          new Kernel("3.8.13", 308, 'A'),
          new Kernel("3.16.7", 316, 'A'),
          new Kernel("4.4.52", 404, 'B'),
          new Kernel("4.9.24", 409, 'B'),
          new Kernel("4.14.180", 414, 'C'),
          new Kernel("4.19.104", 419, 'D'),
          new Kernel("5.4.0-42-generic", 504, 'E'),
          new Kernel("5.10.2", 510, 'E'),
          new Kernel("5.15.0-91-generic", 515, 'F'),
          new Kernel("6.1.55", 601, 'G'),
          new Kernel("6.6.13", 606, 'H'),
          new Kernel("6.12.3", 612, 'H'),
          new Kernel("6.14.2", 614, 'H'));

  static GeneratedReport of(Random random) {
    Kernel kernel = KERNELS.get(random.nextInt(KERNELS.size()));
    boolean i386 = random.nextInt(4) == 0 && !kernel.from(6, 0);
    int pageKb =
        !i386 && kernel.from(4, 0) && random.nextInt(4) == 0 ? random.nextBoolean() ? 16 : 64 : 4;
    List<String> kinds = new ArrayList<>(List.of("DMA"));
    kinds.addAll(i386 ? List.of("Normal", "HighMem") : List.of("DMA32", "Normal"));
    kinds.add("Movable");
    if (!i386 && kernel.from(4, 4)) {
      kinds.add("Device");
    }
    Mask mask = Mask.values()[random.nextInt(Mask.values().length)];
    int order = mask.highest.startsWith("High") ? random.nextInt(2) : random.nextInt(6);
    boolean oom = mask.kills() && order <= 3 && random.nextBoolean();
    List<Zone> zones = new ArrayList<>();
    int nodes = i386 ? 1 : 1 + random.nextInt(2);
    for (int node = 0; node < nodes; node++) {
      zones.addAll(node(random, kernel, kinds, node, i386));
    }
    Confined confined = nodes == 1 ? Confined.NOT : pick(random, Confined.values());
    boolean told = confined == Confined.BY_CPUSET || kernel.from(4, 10);
    Stack stack = oom ? Stack.NONE : pick(random, Stack.values());
    return new GeneratedReport(
        kernel,
        pageKb,
        List.copyOf(kinds),
        zones,
        mask,
        order,
        oom,
        told ? confined : Confined.NOT,
        stack);
  }

  private static <T> T pick(Random random, T[] values) {
    return values[random.nextInt(values.length)];
  }

  private static List<Zone> node(
      Random random, Kernel kernel, List<String> kinds, int node, boolean i386) {
    int[] managed = new int[kinds.size()];
    for (int kind = node == 0 ? 0 : 2; kind < 3; kind++) {
      managed[kind] = 4000 << (2 * kind);
    }
    if (!i386 && random.nextInt(3) == 0) {
      managed[3] = 60_000;
    }
    List<Zone> zones = new ArrayList<>();
    for (int kind = 0; kind < managed.length; kind++) {
      if (managed[kind] > 0) {
        zones.add(zone(random, kernel, node, kinds.get(kind), kind, managed));
      }
    }
    return zones;
  }

  private static Zone zone(
      Random random, Kernel kernel, int node, String name, int kind, int[] managed) {
    Map<Letter, int[]> free = new EnumMap<>(Letter.class);
    int largest = random.nextInt(ORDERS);
    for (Letter letter : Letter.values()) {
      boolean exists =
          switch (letter) {
            case U -> true;
            case M, E -> random.nextBoolean();
            case H -> kernel.from(4, 4) && random.nextInt(3) == 0;
            case C -> kernel.from(3, 10) && random.nextInt(3) == 0;
          };
      if (exists) {
        int[] counts = new int[ORDERS];
        for (int order = 0; order <= largest; order++) {
          counts[order] = random.nextInt(3) == 0 ? 0 : random.nextInt(1 + (400 >> order));
        }
        free.put(letter, counts);
      }
    }
    List<Integer> reserve = new ArrayList<>();
    int above = 0;
    for (int other = 0; other < managed.length; other++) {
      above += other > kind ? managed[other] : 0;
      reserve.add(above / 256);
    }
    int min = 4 * (1 + random.nextInt(400));
    int boost = kernel.from(5, 14) && random.nextInt(3) == 0 ? random.nextInt(min) : 0;
    int highatomic = kernel.from(5, 4) && free.containsKey(Letter.H) ? 512 : 0;
    return new Zone(node, name, managed[kind], min, boost, highatomic, reserve, free);
  }

  int highest() {
    int at = kinds.indexOf(mask.highest);
    return at >= 0 ? at : kinds.indexOf("Normal"); // G-20
  }

  boolean eligible(Zone zone) {
    boolean here =
        switch (confined) {
          case NOT -> true;
          case BY_NODEMASK -> zone.node == 0;
          case BY_CPUSET -> zone.node == 0 || !cpusetBinds();
        };
    return here && belowMask(zone);
  }

  private boolean belowMask(Zone zone) {
    return kinds.indexOf(zone.name) <= highest();
  }

  /** G-35: not those that may use reserves and cannot wait, and not interrupts. */
  private boolean cpusetBinds() {
    return !mask.atomic() && stack != Stack.INTERRUPT_IN_RECLAIM;
  }

  /** V-3: it works for reclaim, and no interrupt came in between. */
  boolean reclaims() {
    return stack == Stack.RECLAIM;
  }

  /** What the kernel prints: without the zones above the mask from 5.19 on (V-17). */
  List<Zone> printed() {
    return zones.stream().filter(zone -> belowMask(zone) || !kernel.from(5, 19)).toList();
  }

  String text(Random random) {
    String prefix =
        List.of("", "[ 1234.567890] ", "<4>[   12.345678] ", "Nov 28 10:00:00 host kernel: [7.25] ")
            .get(random.nextInt(4));
    List<String> lines = new ArrayList<>();
    lines.add(header());
    lines.add(
        kernel.from(3, 10)
            ? "CPU: 1 PID: 321 Comm: cat Not tainted " + kernel.release + " #1"
            : "Pid: 321, comm: cat Not tainted " + kernel.release + " #1");
    if (!kernel.from(5, 0)) {
      lines.add("cat cpuset=/ mems_allowed=" + memsAllowed());
    }
    lines.add("Hardware name: Some Board (DT)");
    lines.add(stack == Stack.OLD_ARM ? "Backtrace: " : "Call Trace:");
    stack.frames.lines().forEach(frame -> lines.add(" " + frame));
    lines.add("Mem-Info:");
    for (Zone zone : printed()) {
      lines.add(place(zone) + marks(zone));
      lines.add("lowmem_reserve[]: " + join(zone.reserve));
    }
    printed().forEach(zone -> lines.add(place(zone) + ": " + lists(zone)));
    lines.add("1234 total pagecache pages");
    if (oom) {
      lines.addAll(killing());
    }
    return lines.stream().map(line -> prefix + line + "\n").collect(Collectors.joining());
  }

  /** What an OOM report ends in (F-80, F-81). */
  private List<String> killing() {
    List<String> lines = new ArrayList<>();
    lines.add("[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name");
    lines.add("[  321]     0   321     1500      400       6        0             0 cat");
    lines.add("[  777]     0   777  9999999  8888888    1800        0         -1000 free:4kB");
    if (kernel.from(5, 0)) {
      lines.add(
          "oom-kill:constraint=CONSTRAINT_NONE,nodemask=%s,cpuset=/,mems_allowed=%s,global_oom,task_memcg=/user.slice,task=cat,pid=321,uid=0"
              .formatted(nodemask(), memsAllowed()));
    }
    lines.add(
        kernel.from(5, 3)
            ? "Out of memory: Killed process 321 (cat) total-vm:6000kB, anon-rss:1600kB,"
                + " file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:24kB oom_score_adj:0"
            : "Out of memory: Kill process 321 (cat) score 900 or sacrifice child");
    return lines;
  }

  /** The same machine asked for another order. */
  GeneratedReport withOrder(int other) {
    return new GeneratedReport(kernel, pageKb, kinds, zones, mask, other, oom, confined, stack);
  }

  private String header() {
    if (oom) {
      boolean within = kernel.from(4, 9) && !kernel.from(5, 0); // F-81
      return "cat invoked oom-killer: gfp_mask=%s, %sorder=%d, oom_score_adj=0"
          .formatted(
              mask.printed(kernel), within ? "nodemask=%s,  ".formatted(nodemask()) : "", order);
    }
    return "cat: page allocation failure%s order:%d, mode:%s%s%s"
        .formatted(
            kernel.from(3, 0) ? ":" : ".",
            order,
            mask.printed(kernel),
            kernel.from(4, 10) ? ", nodemask=" + nodemask() : "",
            kernel.from(5, 0) ? ",cpuset=/,mems_allowed=" + memsAllowed() : "");
  }

  private String nodemask() {
    return confined == Confined.BY_NODEMASK ? "0" : "(null)";
  }

  private String memsAllowed() {
    return zones.getLast().node == 0 || confined == Confined.BY_CPUSET ? "0" : "0-1";
  }

  private String place(Zone zone) {
    return (kinds.contains("HighMem") ? "" : "Node " + zone.node + " ") + zone.name;
  }

  private String marks(Zone zone) {
    StringBuilder line = new StringBuilder();
    field(line, "free", zone.pages());
    if (kernel.from(5, 14)) {
      field(line, "boost", zone.boost);
    }
    long min = (long) zone.min + zone.boost;
    field(line, "min", min);
    field(line, "low", min + zone.min / 4);
    field(line, "high", min + zone.min / 2);
    if (kernel.from(5, 4)) {
      line.append(" reserved_highatomic:%dKB".formatted((long) zone.reservedHighatomic * pageKb));
    }
    if (kernel.from(6, 13)) {
      line.append(" free_highatomic:%dKB".formatted(zone.pages(Letter.H) * pageKb));
    }
    field(line, "active_anon", 7);
    field(line, "present", zone.managed);
    if (kernel.from(3, 9)) {
      field(line, "managed", zone.managed);
    }
    field(line, "mlocked", 0);
    if (kernel.from(3, 7)) {
      field(line, "free_cma", zone.pages(Letter.C));
    }
    return kernel.from(4, 8) ? line.toString() : line + " pages_scanned:0 all_unreclaimable? no";
  }

  private void field(StringBuilder line, String name, long pages) {
    line.append(" %s:%dkB".formatted(name, pages * pageKb));
  }

  private String lists(Zone zone) {
    StringBuilder line = new StringBuilder();
    for (int order = 0; order < ORDERS; order++) {
      int at = order;
      String letters =
          zone.free.keySet().stream()
              .filter(letter -> zone.has(letter, at))
              .map(Letter::name)
              .collect(Collectors.joining());
      line.append("%d*%dkB ".formatted(zone.blocks(order), (long) pageKb << order));
      line.append(kernel.from(3, 9) && !letters.isEmpty() ? "(" + letters + ") " : "");
    }
    return line + "= %dkB".formatted(zone.pages() * pageKb);
  }

  private static String join(List<Integer> numbers) {
    return numbers.stream()
        .map(n -> String.format(Locale.ROOT, "%d", n))
        .collect(Collectors.joining(" "));
  }
}
