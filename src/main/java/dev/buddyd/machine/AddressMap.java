package dev.buddyd.machine;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import org.jspecify.annotations.Nullable;

/** Where a frame lies in physical memory and in the kernel's direct map. */
final class AddressMap {

  private static final long X86_64_BASE = 0xffff_8880_0000_0000L;
  private static final long X86_32_BASE = 0xc000_0000L;
  private static final long ARM64_BASE = 0xffff_0000_0000_0000L;

  private final Geometry geometry;
  private final boolean highmem;
  private final long highmemStartPfn;
  private final long firstByte;

  AddressMap(PhysicalMemory memory) {
    this.geometry = memory.geometry();
    this.highmem = geometry.zoneIndexOf(ZoneKind.HIGHMEM) >= 0;
    this.highmemStartPfn =
        memory.zones().stream()
            .filter(
                z ->
                    highmem
                        && (z.span().kind() == ZoneKind.HIGHMEM
                            || z.span().kind() == ZoneKind.MOVABLE))
            .mapToLong(z -> z.span().startPfn())
            .min()
            .orElse(Long.MAX_VALUE);
    // the direct map of arm64 starts at the first RAM, rounded down to 1 GiB
    this.firstByte =
        memory.zones().stream()
                .map(Zone::span)
                .mapToLong(s -> s.startPfn() << geometry.pageShift())
                .min()
                .orElse(0)
            & -(1L << 30);
  }

  long physical(long pfn) {
    return pfn << geometry.pageShift();
  }

  /** What {@code page_address} answers; null for HighMem. */
  @Nullable Long virtual(long pfn) {
    if (pfn >= highmemStartPfn) {
      return null;
    }
    return switch (geometry.arch()) {
      case "x86_64" -> X86_64_BASE + physical(pfn);
      case "arm64" -> ARM64_BASE + physical(pfn) - firstByte;
      default -> X86_32_BASE + physical(pfn);
    };
  }
}
