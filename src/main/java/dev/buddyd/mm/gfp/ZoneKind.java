package dev.buddyd.mm.gfp;

/** The kinds of zone a machine may have, lowest memory first (Z-1). */
public enum ZoneKind {
  DMA("DMA"),
  DMA32("DMA32"),
  NORMAL("Normal"),
  HIGHMEM("HighMem"),
  MOVABLE("Movable"),
  DEVICE("Device");

  private final String kernelName;

  ZoneKind(String kernelName) {
    this.kernelName = kernelName;
  }

  /** The name in {@code /proc/zoneinfo} and in reports, for example {@code HighMem}. */
  public String kernelName() {
    return kernelName;
  }
}
