package dev.buddyd.mm.boot;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.gfp.ZoneKind;
import java.util.List;
import java.util.Locale;

/**
 * What an architecture decides: page size, orders, zone types and borders (spec 00; Z-1 to Z-4).
 */
final class Architecture {

  private static final List<ZoneKind> WITH_DMA32 =
      List.of(ZoneKind.DMA, ZoneKind.DMA32, ZoneKind.NORMAL, ZoneKind.MOVABLE, ZoneKind.DEVICE);
  private static final List<ZoneKind> WITH_HIGHMEM =
      List.of(ZoneKind.DMA, ZoneKind.NORMAL, ZoneKind.HIGHMEM, ZoneKind.MOVABLE);

  /** Default border of low memory on x86_32 (Z-3). */
  private static final long TEXTBOOK_LOWMEM_END_PFN = 0x38000;

  private final String name;
  private final int pageShift;
  private final long dmaEndPfn;
  private final long lowmemEndPfn;
  private final boolean highmem;

  private Architecture(
      String name, int pageShift, long dmaEndPfn, long lowmemEndPfn, boolean highmem) {
    this.name = name;
    this.pageShift = pageShift;
    this.dmaEndPfn = dmaEndPfn;
    this.lowmemEndPfn = lowmemEndPfn;
    this.highmem = highmem;
  }

  static Architecture of(MachineDescription description) {
    String name = description.arch() == null ? "x86_64" : description.arch();
    int kb = description.pageSizeKb() == null ? 4 : description.pageSizeKb();
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "x86_64" -> x86("x86_64", kb, false, 0);
      case "x86_32", "i386", "i686" ->
          x86(
              "x86_32",
              kb,
              true,
              description.lowmemEndPfn() == null
                  ? TEXTBOOK_LOWMEM_END_PFN
                  : description.lowmemEndPfn());
      case "arm64", "aarch64" -> arm64(kb, description);
      default ->
          throw new InvalidMachineException(
              "arch", "'" + name + "' is not one of x86_64, x86_32, arm64");
    };
  }

  private static Architecture x86(String name, int kb, boolean highmem, long lowmemEndPfn) {
    if (kb != 4) {
      throw new InvalidMachineException("page_size_kb", name + " has pages of 4 KiB, not " + kb);
    }
    return new Architecture(name, 12, 0x1000, lowmemEndPfn, highmem);
  }

  /** Z-4: without a limit from firmware everything below 4 GiB is DMA. */
  private static Architecture arm64(int kb, MachineDescription description) {
    if (kb != 4 && kb != 16 && kb != 64) {
      throw new InvalidMachineException(
          "page_size_kb", "arm64 has pages of 4, 16 or 64 KiB, not " + kb);
    }
    int shift = 10 + Integer.numberOfTrailingZeros(kb);
    long below4g = 1L << (32 - shift);
    long end = description.dmaEndPfn() == null ? below4g : description.dmaEndPfn();
    return new Architecture("arm64", shift, Math.min(end, below4g), 0, false);
  }

  int pageShift() {
    return pageShift;
  }

  List<ZoneKind> zoneKinds() {
    return highmem ? WITH_HIGHMEM : WITH_DMA32;
  }

  /** Pfn after the last one that a zone of this index may hold; not for Movable and Device. */
  long zoneEndPfn(int index) {
    return switch (zoneKinds().get(index)) {
      case DMA -> dmaEndPfn;
      case DMA32 -> 1L << (32 - pageShift);
      case NORMAL -> highmem ? lowmemEndPfn : Long.MAX_VALUE;
      default -> Long.MAX_VALUE;
    };
  }

  boolean hasHighmem() {
    return highmem;
  }

  Geometry geometry(boolean cmaBuilt) {
    int maxOrder =
        switch (pageShift) {
          case 14 -> 11;
          case 16 -> 13;
          default -> 10;
        };
    int pageblockOrder = pageShift == 12 ? 9 : maxOrder;
    return new Geometry(
        name, pageShift, maxOrder, pageblockOrder, true, cmaBuilt, !highmem, zoneKinds(), 5, 1024);
  }

  /** Z-30: default ratios by zone index. */
  int[] lowmemReserveRatio() {
    return zoneKinds().stream()
        .mapToInt(
            kind ->
                switch (kind) {
                  case DMA, DMA32 -> 256;
                  case NORMAL -> 32;
                  default -> 0;
                })
        .toArray();
  }
}
