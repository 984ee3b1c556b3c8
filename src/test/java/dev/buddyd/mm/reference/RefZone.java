package dev.buddyd.mm.reference;

import static dev.buddyd.mm.reference.RefKernel.HIGHATOMIC;
import static dev.buddyd.mm.reference.RefKernel.MOVABLE;
import static dev.buddyd.mm.reference.RefKernel.RECLAIMABLE;
import static dev.buddyd.mm.reference.RefKernel.UNMOVABLE;

import dev.buddyd.mm.reference.RefKernel.Flag;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/** A zone: spec 03 and section 5 of spec 02, written down as they read; everything keyed by pfn. */
final class RefZone {

  /** The flags that a request carries. */
  record Request(Set<Flag> flags) {
    static final Request PLAIN = new Request(EnumSet.noneOf(Flag.class));

    boolean has(Flag flag) {
      return flags.contains(flag);
    }

    boolean deep() {
      return has(Flag.NONBLOCK) || has(Flag.RESERVE) || has(Flag.HATOM) || has(Flag.VICTIM);
    }

    boolean wantsMin() {
      return !has(Flag.WM_LOW) && !has(Flag.WM_HIGH);
    }
  }

  /** The mode machine's memory (B-30). */
  static final class Mode {
    private enum Stage {
      NORMAL,
      CMA,
      STEAL
    }

    private Stage stage = Stage.NORMAL;
  }

  /** A block that a caller holds. */
  static final class Held {
    final int order;
    final boolean compound;
    boolean movable;

    Held(int order, boolean compound, boolean movable) {
      this.order = order;
      this.compound = compound;
      this.movable = movable;
    }
  }

  final RefKernel kernel;
  final int node;
  final int index;
  final long start;
  final long end;

  /** Frames that are RAM of this zone. */
  final BitSet ram = new BitSet();

  final List<List<SequencedSet<Long>>> lists = new ArrayList<>();
  final Map<Long, Integer> freeOrder = new HashMap<>();
  final Map<Long, Integer> blockType = new HashMap<>();
  final Map<Long, Held> held = new HashMap<>();
  final List<RefSet> sets = new ArrayList<>();
  final int[] remainder;
  final int[] threshold;

  /** A counter beside F, and its remainder by CPU (P-42.1). */
  long other;

  final int[] otherRemainder;
  final long[] reserve;

  long managed;
  long f;
  long freeHighatomic;
  long freeCma;

  /** Pages in CMA pageblocks. */
  long cma;

  long reservedHighatomic;
  long min;
  long low;
  long high;
  long promo;
  long boost;
  long driftMark;
  boolean boosted;
  boolean belowHigh;
  boolean reclaiming;
  boolean groupingDisabled;
  int boostFactor = 15_000;
  long numaHit;
  long numaMiss;
  long numaForeign;
  long numaLocal;
  long numaOther;
  long pagesAllocated;
  long pagesFreed;

  RefZone(RefKernel kernel, int node, int index, long start, long end, int cpus) {
    this.kernel = kernel;
    this.node = node;
    this.index = index;
    this.start = start;
    this.end = end;
    this.remainder = new int[cpus];
    this.threshold = new int[cpus];
    this.otherRemainder = new int[cpus];
    this.reserve = new long[kernel.zoneNames().size()];
    for (int order = 0; order <= kernel.top(); order++) {
      List<SequencedSet<Long>> byType = new ArrayList<>();
      for (int type = 0; type < kernel.types(); type++) {
        byType.add(new LinkedHashSet<>());
      }
      lists.add(byType);
    }
    for (int cpu = 0; cpu < cpus; cpu++) {
      sets.add(new RefSet(kernel, this, cpu));
    }
  }

  // ---- 1. blocks and lists

  SequencedSet<Long> list(int order, int type) {
    return lists.get(order).get(type);
  }

  /** B-3. */
  int blocks(int order) {
    return lists.get(order).stream().mapToInt(SequencedSet::size).sum();
  }

  int typeAt(long p) {
    return blockType.getOrDefault(p >> kernel.pbo(), UNMOVABLE);
  }

  /** Sets the type of every pageblock that a block covers. */
  void setType(long p, int order, int type) {
    long last = p + (1L << order) - 1;
    for (long block = p >> kernel.pbo(); block <= last >> kernel.pbo(); block++) {
      blockType.put(block, type);
    }
  }

  private void insert(long p, int order, int type, boolean tail) {
    if (tail) {
      list(order, type).addLast(p);
    } else {
      list(order, type).addFirst(p);
    }
    freeOrder.put(p, order);
  }

  private void remove(long p, int order, int type) {
    if (!list(order, type).remove(p) || freeOrder.remove(p) == null) {
      throw new IllegalStateException("block " + p + " is not on list " + order + "/" + type);
    }
  }

  /** B-4, Z-60. */
  void account(int cpu, int type, int n) {
    if (type == kernel.isolate()) {
      return;
    }
    if (type == kernel.cmaType()) {
      freeCma += n;
    }
    if (type == HIGHATOMIC) {
      freeHighatomic += n;
    }
    int x = n + remainder[cpu];
    if (Math.abs(x) > threshold[cpu]) {
      f += x;
      x = 0;
    }
    remainder[cpu] = x;
  }

  /** P-42.1: whether there was a remainder. */
  boolean fold(int cpu) {
    boolean any = remainder[cpu] != 0 || otherRemainder[cpu] != 0;
    f += remainder[cpu];
    other += otherRemainder[cpu];
    remainder[cpu] = 0;
    otherRemainder[cpu] = 0;
    return any;
  }

  /** F as the allocation path sees it. */
  long f() {
    return Math.max(f, 0);
  }

  long exactFree() {
    long sum = f;
    for (int r : remainder) {
      sum += r;
    }
    return sum;
  }

  // ---- 2. taking

  /** B-10. */
  private Long takeSmallest(int r, int t, int cpu) {
    for (int o = r; o <= kernel.top(); o++) {
      if (!list(o, t).isEmpty()) {
        long p = list(o, t).getFirst();
        remove(p, o, t);
        split(p, o, r, t);
        account(cpu, t, -(1 << r));
        return p;
      }
    }
    return null;
  }

  /** B-11. */
  private void split(long p, int from, int to, int type) {
    for (int k = from - 1; k >= to; k--) {
      insert(p + (1L << k), k, type, false);
    }
  }

  // ---- 3. giving back

  /** B-20. */
  void freeBlock(long pfn, int order, int type, boolean toTail, int cpu) {
    long p = pfn;
    int o = order;
    account(cpu, type, 1 << o);
    while (o < kernel.top()) {
      long b = p ^ (1L << o);
      if (!isFree(b, o)) {
        break;
      }
      int tb = o >= kernel.pbo() ? typeAt(b) : type;
      if (tb != type && !(kernel.ordinary(tb) && kernel.ordinary(type))) {
        break;
      }
      remove(b, o, tb);
      if (tb != type) {
        setType(b, o, type);
      }
      p &= b;
      o++;
    }
    insert(p, o, type, toTail || parentWillMerge(p, o));
  }

  private boolean isFree(long p, int o) {
    Integer order = freeOrder.get(p); // a pfn of another zone is not in this map
    return order != null && order == o;
  }

  /** B-21. */
  private boolean parentWillMerge(long p, int o) {
    if (o >= kernel.top() - 1) {
      return false;
    }
    long q = p & (p ^ (1L << o));
    return isFree(q ^ (1L << (o + 1)), o + 1);
  }

  /** B-22. */
  void freeDirect(long p, int order, boolean toTail, int cpu) {
    if (order <= kernel.pbo()) {
      freeBlock(p, order, typeAt(p), toTail, cpu);
      return;
    }
    for (long piece = p; piece < p + (1L << order); piece += kernel.blockPages()) {
      freeBlock(piece, kernel.pbo(), typeAt(piece), toTail, cpu);
    }
  }

  // ---- 4. mode machine

  /** B-30. */
  Long takeByMode(int r, int t, Request request, Mode mode, int cpu) {
    boolean cma = request.has(Flag.USECMA) && kernel.cma();
    if (cma && freeCma > f() / 2) {
      Long p = takeSmallest(r, kernel.cmaType(), cpu);
      if (p != null) {
        return p;
      }
    }
    if (mode.stage == Mode.Stage.NORMAL) {
      Long p = takeSmallest(r, t, cpu);
      if (p != null) {
        return p;
      }
    }
    if (mode.stage != Mode.Stage.STEAL) {
      if (cma) {
        Long p = takeSmallest(r, kernel.cmaType(), cpu);
        if (p != null) {
          mode.stage = Mode.Stage.CMA;
          return p;
        }
      }
      Long p = claim(r, t, request, cpu);
      if (p != null) {
        mode.stage = Mode.Stage.NORMAL;
        return p;
      }
    }
    if (!request.has(Flag.NOMIX)) {
      Long p = steal(r, t, cpu);
      if (p != null) {
        mode.stage = Mode.Stage.STEAL;
        return p;
      }
    }
    return null;
  }

  /** B-31. */
  private Integer fallback(int order, int t) {
    int[] wanted =
        switch (t) {
          case UNMOVABLE -> new int[] {RECLAIMABLE, MOVABLE};
          case MOVABLE -> new int[] {RECLAIMABLE, UNMOVABLE};
          default -> new int[] {UNMOVABLE, MOVABLE};
        };
    for (int type : wanted) {
      if (!list(order, type).isEmpty()) {
        return type;
      }
    }
    return null;
  }

  // ---- 5. claim

  /** B-40. */
  private Long claim(int r, int t, Request request, int cpu) {
    int lowest = r < kernel.pbo() && request.has(Flag.NOMIX) ? kernel.pbo() : r;
    for (int c = kernel.top(); c >= lowest; c--) {
      Integer from = fallback(c, t);
      if (from == null) {
        continue;
      }
      boolean claimable =
          c >= kernel.pbo()
              || c >= kernel.pbo() / 2
              || t == RECLAIMABLE
              || t == UNMOVABLE
              || groupingDisabled; // B-32
      if (!claimable) {
        return null;
      }
      Long p = tryClaim(list(c, from).getFirst(), c, from, r, t, request, cpu);
      if (p != null) {
        return p;
      }
    }
    return null;
  }

  /** B-41. */
  private Long tryClaim(long p, int c, int from, int r, int t, Request request, int cpu) {
    if (c >= kernel.pbo()) {
      remove(p, c, from);
      account(cpu, from, -(1 << c));
      setType(p, c, t);
      split(p, c, r, t);
      account(cpu, t, (1 << c) - (1 << r));
      return p;
    }
    raiseBoost(request);
    long first = p / kernel.blockPages() * kernel.blockPages();
    if (first < start || first + kernel.blockPages() > end) {
      return null;
    }
    int nfree = 0;
    int nmov = 0;
    for (long q = first; q < first + kernel.blockPages(); ) {
      Integer order = freeOrder.get(q);
      if (order != null) {
        nfree += 1 << order;
        q += 1L << order;
        continue;
      }
      Held holder = held.get(q);
      if (holder != null && holder.movable) { // B-44
        nmov += holder.compound ? 1 << holder.order : 1;
      }
      q++;
    }
    int alike = 0;
    if (t == MOVABLE) {
      alike = nmov;
    } else if (from == MOVABLE) {
      alike = kernel.blockPages() - (nfree + nmov);
    }
    if (nfree + alike >= kernel.blockPages() / 2 || groupingDisabled) {
      moveBlock(first, from, t, cpu);
      return takeSmallest(r, t, cpu);
    }
    return null;
  }

  /** B-42. */
  private void raiseBoost(Request request) {
    if (boostFactor == 0 || 4L * kernel.blockPages() > managed) {
      return;
    }
    long most = high / 10_000 * boostFactor + high % 10_000 * boostFactor / 10_000;
    if (most == 0) {
      return;
    }
    most = Math.max(kernel.blockPages(), most);
    boost = Math.min(boost + kernel.blockPages(), most);
    if (request.has(Flag.WAKE)) {
      boosted = true;
    }
  }

  /** B-43. */
  private int moveBlock(long first, int from, int to, int cpu) {
    int moved = 0;
    for (long q = first; q < first + kernel.blockPages(); ) {
      Integer o = freeOrder.get(q);
      if (o == null) {
        q++;
        continue;
      }
      relist(q, o, from, to, cpu);
      moved += 1 << o;
      q += 1L << o;
    }
    setType(first, kernel.pbo(), to);
    return moved;
  }

  private void relist(long p, int o, int from, int to, int cpu) {
    remove(p, o, from);
    account(cpu, from, -(1 << o));
    insert(p, o, to, true);
    account(cpu, to, 1 << o);
  }

  // ---- 6. steal

  /** B-50. */
  private Long steal(int r, int t, int cpu) {
    for (int c = r; c <= kernel.top(); c++) {
      Integer from = fallback(c, t);
      if (from != null) {
        long p = list(c, from).getFirst();
        remove(p, c, from);
        split(p, c, r, from);
        account(cpu, from, -(1 << r));
        return p;
      }
    }
    return null;
  }

  // ---- 7. request to the lists

  /** B-60. */
  Long takeFromLists(int r, int t, Request request, int cpu) {
    if (request.has(Flag.HATOM)) {
      Long p = takeSmallest(r, HIGHATOMIC, cpu);
      if (p != null) {
        return p;
      }
    }
    Long p = takeByMode(r, t, request, new Mode(), cpu);
    if (p == null && (request.has(Flag.VICTIM) || request.has(Flag.NONBLOCK))) {
      p = takeSmallest(r, HIGHATOMIC, cpu);
    }
    return p;
  }

  // ---- 8. HIGHATOMIC

  /** B-70. */
  void reserveHighatomic(long p, int order, int cpu) {
    long hundredth = managed / 100;
    if (hundredth < kernel.blockPages()) {
      return;
    }
    long limit = (hundredth + kernel.blockPages() - 1) / kernel.blockPages() * kernel.blockPages();
    if (reservedHighatomic >= limit || !kernel.ordinary(typeAt(p))) {
      return;
    }
    if (order < kernel.pbo()) {
      long first = p / kernel.blockPages() * kernel.blockPages();
      if (first < start || first + kernel.blockPages() > end) {
        return;
      }
      moveBlock(first, typeAt(p), HIGHATOMIC, cpu);
      reservedHighatomic += kernel.blockPages();
    } else {
      setType(p, order, HIGHATOMIC);
      reservedHighatomic += 1L << order;
    }
  }

  /** B-71 for one zone. */
  boolean unreserveHighatomic(int toType, boolean force, int cpu) {
    if (!force && reservedHighatomic <= kernel.blockPages()) {
      return false;
    }
    for (int o = 0; o <= kernel.top(); o++) {
      if (list(o, HIGHATOMIC).isEmpty()) {
        continue;
      }
      long p = list(o, HIGHATOMIC).getFirst();
      reservedHighatomic -= Math.min(Math.max(kernel.blockPages(), 1L << o), reservedHighatomic);
      int moved;
      if (o < kernel.pbo()) {
        long first = p / kernel.blockPages() * kernel.blockPages();
        moved = moveBlock(first, HIGHATOMIC, toType, cpu);
      } else {
        relist(p, o, HIGHATOMIC, toType, cpu);
        setType(p, o, toType);
        moved = 1 << o;
      }
      if (moved > 0) {
        return true;
      }
    }
    return false;
  }

  // ---- 9. isolation

  /** B-80. */
  boolean isolate(long p, int cpu) {
    int type = typeAt(p);
    long first = p / kernel.blockPages() * kernel.blockPages();
    boolean whole = first >= start && first + kernel.blockPages() <= end;
    if (!whole || !(kernel.ordinary(type) || type == kernel.cmaType())) {
      return false;
    }
    retype(first, type, kernel.isolate(), cpu);
    return true;
  }

  /** B-81. */
  boolean restore(long p, int type, int cpu) {
    if (typeAt(p) != kernel.isolate()) {
      return false;
    }
    long first = p / kernel.blockPages() * kernel.blockPages();
    long partner = first ^ kernel.blockPages();
    if (kernel.pbo() < kernel.top()
        && isFree(first, kernel.pbo())
        && isFree(partner, kernel.pbo())
        && typeAt(partner) != kernel.isolate()) {
      remove(first, kernel.pbo(), kernel.isolate());
      account(cpu, kernel.isolate(), -kernel.blockPages());
      setType(first, kernel.pbo(), type);
      freeBlock(first, kernel.pbo(), type, true, cpu);
    } else {
      retype(first, kernel.isolate(), type, cpu);
    }
    return true;
  }

  private void retype(long first, int from, int to, int cpu) {
    for (int o = kernel.pbo() + 1; o <= kernel.top(); o++) {
      long whole = first / (1L << o) * (1L << o);
      if (isFree(whole, o)) {
        remove(whole, o, from);
        account(cpu, from, -(1 << o));
        setType(first, kernel.pbo(), to);
        freeDirect(whole, o, false, cpu);
        return;
      }
    }
    moveBlock(first, from, to, cpu);
  }

  // ---- spec 02, section 5: watermark tests

  /** Z-41 with the free count given. */
  boolean fullTest(int r, long mark, int hz, Request request, long free) {
    long unusable = (1L << r) - 1; // Z-40
    if (!request.deep()) {
      unusable += freeHighatomic;
    }
    if (!request.has(Flag.USECMA)) {
      unusable += freeCma;
    }
    long m = mark;
    if (request.has(Flag.RESERVE)) {
      m -= m / 2;
      if (request.has(Flag.NONBLOCK)) {
        m -= m / 4;
      }
    }
    if (request.has(Flag.VICTIM)) {
      m -= m / 2;
    }
    if (free - unusable <= m + reserve[hz]) {
      return false;
    }
    if (r == 0) {
      return true;
    }
    for (int o = r; o <= kernel.top(); o++) {
      for (int t = 0; t < 3; t++) {
        if (!list(o, t).isEmpty()) {
          return true;
        }
      }
      if (request.has(Flag.USECMA) && kernel.cma() && !list(o, kernel.cmaType()).isEmpty()) {
        return true;
      }
      if ((request.has(Flag.HATOM) || request.has(Flag.VICTIM)) && !list(o, HIGHATOMIC).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Z-42. */
  boolean fastTest(int r, long mark, int hz, Request request) {
    if (r == 0) {
      long unusable =
          (request.deep() ? 0 : freeHighatomic) + (request.has(Flag.USECMA) ? 0 : freeCma);
      if (f() - Math.min(f(), unusable) > mark + reserve[hz]) {
        return true;
      }
    }
    if (fullTest(r, mark, hz, request, f())) {
      return true;
    }
    return r == 0
        && request.has(Flag.RESERVE)
        && boost != 0
        && request.wantsMin()
        && fullTest(r, min, hz, request, f());
  }

  /** Z-43 with the mark of Z-53. */
  boolean balanced(int r, int hz) {
    long free = driftMark != 0 && f() < driftMark ? exactFree() : f();
    return fullTest(r, high + boost, hz, Request.PLAIN, free);
  }
}
