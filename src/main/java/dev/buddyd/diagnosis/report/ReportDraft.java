package dev.buddyd.diagnosis.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A report while its facts are still being collected. */
final class ReportDraft {
  private static final int MAX_FRAMES = 96;
  private static final int MAX_VICTIMS = 256;

  private final int line;
  private final boolean hasHeader;
  private ReportKind kind;
  private @Nullable String task;
  private HeaderTail tail;
  private Confinement confinement;
  private @Nullable Long pid;
  private @Nullable String kernel;
  private @Nullable String taint;
  private boolean cpuSeen;
  private boolean memInfoSeen;
  private boolean sumsSeen;
  private boolean inInterrupt;
  private boolean stackDone;
  private boolean panicked;
  private boolean kindKnown;
  private boolean overlaps;
  private @Nullable VmallocFailure vmalloc;
  private @Nullable String constraint;
  private @Nullable String memcg;
  private @Nullable Long memcgUsageKb;
  private @Nullable Long memcgLimitKb;
  private final List<String> frames = new ArrayList<>();
  private final List<OomFacts.Victim> victims = new ArrayList<>();
  private final Map<String, Quantity> counters = new LinkedHashMap<>();
  private final Map<Fact.Sum.Kind, Long> sums = new LinkedHashMap<>();
  private final Map<Integer, Map<String, Quantity>> nodes = new LinkedHashMap<>();
  private final ZoneDrafts zones = new ZoneDrafts();

  private ReportDraft(
      int line, boolean hasHeader, ReportKind kind, @Nullable String task, HeaderTail tail) {
    this.line = line;
    this.hasHeader = hasHeader;
    this.kind = kind;
    this.task = task;
    this.tail = tail;
    this.confinement = tail.confinement();
    this.vmalloc = tail.vmalloc();
    this.kindKnown = hasHeader;
  }

  static ReportDraft of(Fact.Header header) {
    ReportDraft draft =
        new ReportDraft(header.line(), true, header.kind(), header.task(), header.tail());
    draft.kernel = header.kernel();
    return draft;
  }

  /** A report whose first line is lost. */
  static ReportDraft headless(int line) {
    return new ReportDraft(line, false, ReportKind.OOM, null, HeaderTail.EMPTY);
  }

  int line() {
    return line;
  }

  @Nullable String kernelVersion() {
    return kernel;
  }

  ZoneDrafts zones() {
    return zones;
  }

  boolean hasHeader() {
    return hasHeader;
  }

  boolean memInfoSeen() {
    return memInfoSeen;
  }

  /** Whether the sums at the end of the Mem-Info block have been read: no zone can follow. */
  boolean memInfoDone() {
    return sumsSeen;
  }

  boolean isOom() {
    return kind.isOom();
  }

  /** Whether a Mem-Info block may still come; the limit of a cgroup prints none. */
  boolean lacksBlock() {
    return !memInfoSeen && zones.isEmpty() && kind != ReportKind.MEMCG_OOM;
  }

  boolean cpuSeen() {
    return cpuSeen;
  }

  boolean hasVictims() {
    return !victims.isEmpty();
  }

  boolean hasConstraint() {
    return constraint != null;
  }

  /** Whether anything was found that makes it a report. */
  boolean isReport() {
    boolean limit = memcg != null || memcgLimitKb != null;
    boolean header = hasHeader && (kind != ReportKind.SHOW_MEMORY || memInfoSeen);
    return header || !zones.isEmpty() || !victims.isEmpty() || constraint != null || limit;
  }

  void add(Fact.Cpu cpu) {
    if (!cpuSeen) {
      pid = cpu.pid() != null ? cpu.pid() : pid;
      String comm = cpu.comm();
      if (comm != null && (task == null || task.endsWith(comm))) {
        task = comm;
      }
    }
    kernel = kernel == null ? cpu.kernel() : kernel;
    taint = taint == null ? cpu.taint() : taint;
    cpuSeen = true;
  }

  void add(Fact.Cpuset cpuset) {
    if (confinement.cpuset() == null) {
      confinement = new Confinement(confinement.nodemask(), cpuset.cpuset(), cpuset.memsAllowed());
    }
  }

  void add(Fact.Frame frame) {
    if (!stackDone && frames.size() < MAX_FRAMES) {
      frames.add(frame.function());
    }
  }

  void interrupted() {
    inInterrupt |= !stackDone;
  }

  void add(Fact.VmallocNote note) {
    vmalloc = vmalloc == null ? note.failure() : vmalloc;
  }

  void add(Fact.ZoneStats zone) {
    zones.add(zone);
    if (kernel == null && zone.values().containsKey(MemInfoScanner.ANCIENT_FREE)) {
      kernel = KernelNames.ANCIENT;
    }
  }

  void memInfo() {
    memInfoSeen = true;
    stackDone = true;
  }

  void add(Fact.Counters fact) {
    fact.values().forEach(counters::putIfAbsent);
  }

  void add(Fact.NodeStats fact) {
    nodes.putIfAbsent(fact.node(), fact.values());
  }

  void add(Fact.Sum sum) {
    sums.putIfAbsent(sum.kind(), sum.value());
    sumsSeen |= sum.kind() == Fact.Sum.Kind.RAM;
  }

  void add(Fact.Constraint fact) {
    constraint = fact.constraint();
    memcg = fact.memcg() != null ? fact.memcg() : memcg;
    if (constraint.endsWith("MEMCG")) {
      kind = ReportKind.MEMCG_OOM;
    }
    if (confinement.nodemask() == null && confinement.cpuset() == null) {
      confinement = fact.confinement();
    }
    kindKnown = true;
  }

  void add(Fact.Memcg fact) {
    memcg = memcg == null ? fact.path() : memcg;
    memcgUsageKb = memcgUsageKb == null ? fact.usageKb() : memcgUsageKb;
    memcgLimitKb = memcgLimitKb == null ? fact.limitKb() : memcgLimitKb;
    kind = ReportKind.MEMCG_OOM;
    kindKnown = true;
  }

  void add(Fact.Kill kill) {
    OomFacts.Victim victim = new OomFacts.Victim(kill.pid(), kill.name());
    if (victims.size() < MAX_VICTIMS && !victims.contains(victim)) {
      victims.add(victim);
    }
    kind = kill.memcg() ? ReportKind.MEMCG_OOM : kind;
    kindKnown = true;
  }

  void overlap() {
    overlaps = true;
  }

  void panic() {
    panicked = true;
  }

  KernelReport finish(@Nullable KernelName name) {
    if (!kindKnown && !frames.isEmpty() && frames.stream().noneMatch(ReportDraft::isOomFrame)) {
      kind = ReportKind.ALLOC_FAILURE;
    }
    if (kind == ReportKind.OOM
        && frames.stream().anyMatch(f -> f.startsWith("mem_cgroup_out_of"))) {
      kind = ReportKind.MEMCG_OOM; // the lines that say so are cut off
    }
    PageSize pageSize = zones.pageSize(name);
    List<ZoneFacts> zoneFacts = zones.finish(pageSize.kb());
    List<NodeFacts> nodeFacts = new ArrayList<>();
    nodes.forEach((node, values) -> nodeFacts.add(new NodeFacts(node, values)));
    boolean oom = kind.isOom();
    Integer order =
        tail.order() == null && tail.vmalloc() != null ? Integer.valueOf(0) : tail.order();
    return new KernelReport(
        kind,
        line,
        task,
        pid,
        order,
        tail.mask(),
        confinement,
        name,
        taint,
        pageSize,
        vmalloc,
        oom ? new OomFacts(constraint, memcg, memcgUsageKb, memcgLimitKb, victims, panicked) : null,
        frames,
        inInterrupt || frames.stream().anyMatch(ReportDraft::isInterruptFrame),
        nodeFacts,
        zoneFacts,
        totals(),
        overlaps,
        MissingParts.of(kind, hasHeader, order, tail.mask(), name, zoneFacts));
  }

  private Totals totals() {
    return new Totals(
        counters,
        sums.get(Fact.Sum.Kind.RAM),
        sums.get(Fact.Sum.Kind.HIGHMEM),
        sums.get(Fact.Sum.Kind.RESERVED),
        sums.get(Fact.Sum.Kind.CMA_RESERVED),
        sums.get(Fact.Sum.Kind.HWPOISONED),
        sums.get(Fact.Sum.Kind.PAGECACHE),
        sums.get(Fact.Sum.Kind.SWAP_CACHE),
        sums.get(Fact.Sum.Kind.FREE_SWAP),
        sums.get(Fact.Sum.Kind.TOTAL_SWAP));
  }

  private static boolean isOomFrame(String function) {
    return function.startsWith("out_of_memory")
        || function.startsWith("oom_kill")
        || function.startsWith("__out_of_memory")
        || function.startsWith("dump_header")
        || function.startsWith("pagefault_out_of_memory");
  }

  private static boolean isInterruptFrame(String function) {
    return function.startsWith("__do_softirq")
        || function.startsWith("do_softirq")
        || function.startsWith("irq_exit")
        || function.startsWith("__irq_exit")
        || function.startsWith("handle_softirqs")
        || function.startsWith("net_rx_action")
        || function.startsWith("do_IRQ");
  }
}
