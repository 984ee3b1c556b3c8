package dev.buddyd.mm.reference;

import dev.buddyd.mm.reference.ReferenceAllocator.RefNode;
import java.util.List;

/** The formulas of spec 02 (sections 3, 4, 7, 8) and spec 04 (section 2). */
final class RefSizing {

  final ReferenceAllocator machine;
  final RefKernel kernel;
  long userMinFreeKbytes = -1;
  long minFreeKbytes;
  int scaleFactor = 10;
  int fraction;
  int[] ratios;
  long totalReserve;

  RefSizing(ReferenceAllocator machine) {
    this.machine = machine;
    this.kernel = machine.kernel;
    this.ratios =
        kernel.zoneNames().stream() // Z-30
            .mapToInt(n -> n.startsWith("DMA") ? 256 : n.equals("Normal") ? 32 : 0)
            .toArray();
  }

  private static boolean low(RefKernel kernel, RefZone z) {
    String name = kernel.zoneNames().get(z.index);
    return !name.equals("HighMem") && !name.equals("Movable");
  }

  /** Z-20's buffer pages with the current marks. */
  private long bufpages() {
    long pages = 0;
    for (RefZone z : machine.nodes.getFirst().fallback) {
      if (z.index <= kernel.zone("Normal") && z.managed > z.high + z.boost) {
        pages += z.managed - (z.high + z.boost);
      }
    }
    return pages;
  }

  /** Z-20. */
  void bootMinFree() {
    long kb = bufpages() * kernel.kbPerPage();
    long v = 0;
    while ((v + 1) * (v + 1) <= kb * 16) {
      v++;
    }
    minFreeKbytes = v > userMinFreeKbytes ? Math.clamp(v, 128, 262_144) : userMinFreeKbytes;
  }

  /** Z-21. */
  void hugePages() {
    long nz = machine.zones.stream().filter(z -> z.index <= kernel.zone("Normal")).count();
    long rec = kernel.blockPages() * nz * 2 + kernel.blockPages() * nz * 9;
    rec = Math.min(rec, bufpages() / 20) * kernel.kbPerPage();
    minFreeKbytes = Math.max(minFreeKbytes, rec);
    watermarks();
  }

  /** Z-22. */
  void watermarks() {
    long p = minFreeKbytes / kernel.kbPerPage();
    long low = machine.zones.stream().filter(z -> low(kernel, z)).mapToLong(z -> z.managed).sum();
    for (RefZone z : machine.zones) {
      long share = low == 0 ? 0 : p * z.managed / low;
      z.min = low(kernel, z) ? share : Math.clamp(z.managed / 1024, 32, 128);
      long byScale = z.managed / 10_000 * scaleFactor + z.managed % 10_000 * scaleFactor / 10_000;
      long gap = Math.max(share / 4, byScale);
      z.low = z.min + gap;
      z.high = z.low + gap;
      z.promo = z.high + gap;
      z.boost = 0;
    }
    sets();
    total();
  }

  /** P-5 to P-7. */
  void sets() {
    for (RefZone z : machine.zones) {
      long mib = 1024 / kernel.kbPerPage();
      long b = Math.max(Math.min(z.managed / 1024, mib) / 4, 1);
      long power = 1;
      while (power * 2 <= b + b / 2) {
        power *= 2;
      }
      int batch = (int) Math.max(1, power - 1);
      int cpus = 0;
      for (int node : machine.nodeOfCpu) {
        cpus += node == z.node ? 1 : 0;
      }
      if (cpus == 0) {
        cpus = machine.nodeOfCpu.length;
      }
      long base = fraction == 0 ? z.low + z.boost : z.managed / fraction;
      long lim = Math.max(base / cpus, 4L * batch);
      long cap = fraction != 0 ? lim : Math.max(z.managed / 8 / cpus, 4L * batch);
      for (RefSet set : z.sets) {
        set.batch = batch;
        set.lim = (int) lim;
        set.cap = (int) cap;
      }
    }
  }

  /** Z-31. */
  void reserves() {
    for (RefNode node : machine.nodes) {
      for (RefZone z : node.zones) {
        for (int j = 0; j < z.reserve.length; j++) {
          z.reserve[j] = 0;
          if (j <= z.index || ratios[z.index] == 0 || z.managed == 0) {
            continue;
          }
          long above = 0;
          for (RefZone upper : node.zones) {
            above += upper.index > z.index && upper.index <= j ? upper.managed : 0;
          }
          z.reserve[j] = above / ratios[z.index];
        }
      }
    }
    total();
  }

  /** Z-33. */
  private void total() {
    totalReserve = 0;
    for (RefZone z : machine.zones) {
      long most = 0;
      for (int j = z.index; j < z.reserve.length; j++) {
        most = Math.max(most, z.reserve[j]);
      }
      totalReserve += Math.min(z.managed, most + z.high + z.boost);
    }
  }

  /** Z-61, Z-63. */
  void thresholds() {
    int cpus = machine.nodeOfCpu.length;
    for (RefZone z : machine.zones) {
      long unit = 128L * 1024 / kernel.kbPerPage();
      int threshold = Math.min(125, 2 * bits(cpus) * (1 + bits(z.managed / unit)));
      java.util.Arrays.fill(z.threshold, threshold);
      if (cpus * (long) threshold > z.low - z.min) {
        z.driftMark = z.high + z.boost + cpus * (long) threshold;
      }
    }
  }

  private static int bits(long n) {
    int highest = 0;
    for (int bit = 0; bit < 63; bit++) {
      if ((n >> bit & 1) == 1) {
        highest = bit + 1;
      }
    }
    return highest;
  }

  /** Section 8: a sysctl write. */
  void write(String name, int value) {
    switch (name) {
      case "min_free_kbytes" -> {
        minFreeKbytes = value;
        userMinFreeKbytes = value;
        watermarks();
      }
      case "watermark_scale_factor" -> {
        scaleFactor = value;
        watermarks();
      }
      case "watermark_boost_factor" -> machine.zones.forEach(z -> z.boostFactor = value);
      case "percpu_pagelist_high_fraction" -> {
        fraction = value;
        sets();
      }
      default -> throw new IllegalArgumentException(name);
    }
  }

  void writeRatios(List<Integer> values) {
    for (int i = 0; i < values.size(); i++) {
      ratios[i] = Math.max(values.get(i), 0);
    }
    reserves();
  }
}
