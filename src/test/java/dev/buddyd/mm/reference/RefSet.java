package dev.buddyd.mm.reference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The page set of one (CPU, zone): spec 04, written down as it reads. */
final class RefSet {

  final RefKernel kernel;
  final RefZone zone;
  final int cpu;
  final List<Deque<Long>> lists = new ArrayList<>();
  int high;
  int lim;
  int cap;
  int batch = 1;
  int ashift;
  int run;
  boolean prevhi;
  boolean keepbatch;
  int expire;

  RefSet(RefKernel kernel, RefZone zone, int cpu) {
    this.kernel = kernel;
    this.zone = zone;
    this.cpu = cpu;
    for (int i = 0; i < kernel.pcpLists(); i++) {
      lists.add(new ArrayDeque<>());
    }
  }

  /** P-2: pages on all lists. */
  int count() {
    int pages = 0;
    for (int i = 0; i < lists.size(); i++) {
      pages += lists.get(i).size() << kernel.orderOfList(i);
    }
    return pages;
  }

  /** P-20 steps 3 to 5: refill if empty, then pop. Null if the set gives nothing. */
  Long allocate(int r, int t, RefZone.Request request) {
    Deque<Long> list = lists.get(kernel.listOf(r, t));
    if (list.isEmpty()) {
      int n = refillSize(r);
      RefZone.Mode mode = new RefZone.Mode();
      for (int i = 0; i < n; i++) {
        Long block = zone.takeByMode(r, t, request, mode, cpu);
        if (block == null) {
          break;
        }
        list.addLast(block);
      }
    }
    return list.pollFirst();
  }

  /** P-21. */
  private int refillSize(int r) {
    high = clamp(high, lim, cap);
    if (high < batch) {
      return 1;
    }
    int b = r > 0 ? batch : batch * (1 << ashift);
    if (lim != cap && !zone.belowHigh) {
      high = Math.min(high + b, cap);
    }
    if (r == 0) {
      int room = Math.max(high - count() - batch, batch);
      if (b <= room && ashift < kernel.scale()) {
        ashift++;
      }
      b = Math.min(b, room);
    }
    if (b > 1) {
      b = Math.max(b / (1 << r), 2);
    }
    return b;
  }

  /** P-33. */
  void free(long p, int r, int listType) {
    ashift = ashift / 2;
    int list = kernel.listOf(r, listType);
    lists.get(list).addFirst(p);
    boolean flushhi = false;
    if (r >= 1 && r <= 3) {
      flushhi = run >= batch && prevhi && (!keepbatch || count() >= batch);
      prevhi = true;
    } else {
      prevhi = false;
    }
    if (run < batch * (1 << kernel.scale())) {
      run += 1 << r;
    }
    int h = limit(flushhi);
    if (count() >= h) {
      drain(toDrain(flushhi, h), list);
      if (zone.belowHigh
          && zone.fullTest(
              0, zone.high + zone.boost, kernel.zone("Movable"), RefZone.Request.PLAIN, zone.f())) {
        zone.belowHigh = false;
      }
    }
  }

  /** P-35. */
  private int limit(boolean flushhi) {
    high = clamp(high, lim, cap);
    if (high == 0) {
      return 0;
    }
    int was = high;
    if (flushhi) {
      high = Math.max(high - batch * (1 << kernel.scale()), lim);
      return 0;
    }
    if (zone.reclaiming) {
      high = Math.max(high - Math.max(run, batch), lim);
      return Math.min(4 * batch, high);
    }
    if (lim == cap) {
      return high;
    }
    if (zone.belowHigh) {
      high = Math.max(high - Math.max(run, batch), lim);
      return Math.max(count(), lim);
    }
    if (count() >= was) {
      int need = run + batch;
      if (high < need) {
        high = clamp(need, lim, cap);
      }
    }
    return was;
  }

  /** P-36. */
  private int toDrain(boolean flushhi, int h) {
    if (flushhi) {
      return Math.min(count(), batch * (1 << kernel.scale()));
    }
    if (h < batch) {
      return 1;
    }
    int hi = h - batch;
    if (run >= hi) {
      return hi;
    }
    return run <= batch ? batch : run;
  }

  /** P-40. */
  void drain(int pages, int firstList) {
    int n = Math.min(pages, count());
    int list = firstList;
    while (n > 0) {
      while (lists.get(list).isEmpty()) {
        list = (list + 1) % lists.size();
      }
      int order = kernel.orderOfList(list);
      while (n > 0 && !lists.get(list).isEmpty()) {
        long p = lists.get(list).removeLast();
        n -= 1 << order;
        zone.freeBlock(p, order, zone.typeAt(p), false, cpu);
      }
    }
  }

  /** P-41. */
  void drainAll() {
    while (count() > 0) {
      drain(Math.min(count(), batch * (1 << kernel.scale())), 0);
    }
  }

  /** P-42 for this zone. */
  void tick(boolean local) {
    if (zone.fold(cpu) && kernel.numa()) {
      expire = 3;
    }
    if (high > lim) {
      high = Math.max(Math.max(count() - batch * (1 << kernel.scale()), high - high / 8), lim);
    }
    int d = count() - high;
    while (d > 0) {
      int k = Math.min(d, batch);
      drain(k, 0);
      d -= k;
    }
    if (!kernel.numa() || expire == 0 || count() == 0) {
      return;
    }
    if (local) {
      expire = 0;
      return;
    }
    expire--;
    if (expire == 0) {
      drain(Math.min(count(), batch), 0);
    }
  }

  static int clamp(int x, int low, int high) {
    return Math.min(Math.max(x, low), high);
  }
}
