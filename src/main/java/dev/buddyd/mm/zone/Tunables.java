package dev.buddyd.mm.zone;

import java.util.Arrays;

/**
 * The sysctls under {@code /proc/sys/vm} that the allocator reads (spec 02, section 8) and the
 * machine-wide numbers derived from them. Written while the machine is quiesced, read by anybody.
 */
public final class Tunables {

  private int minFreeKbytes;
  private int userMinFreeKbytes = -1;
  private int watermarkScaleFactor = 10;
  private int watermarkBoostFactor = 15_000;
  private int percpuPagelistHighFraction;
  private int[] lowmemReserveRatio;
  private int zoneReclaimMode;
  private boolean groupingDisabled;
  private long totalReservePages;

  /**
   * @param lowmemReserveRatio one entry per zone index (Z-30)
   */
  public Tunables(int[] lowmemReserveRatio) {
    this.lowmemReserveRatio = lowmemReserveRatio.clone();
  }

  /** An independent copy. */
  public Tunables(Tunables origin) {
    minFreeKbytes = origin.minFreeKbytes;
    userMinFreeKbytes = origin.userMinFreeKbytes;
    watermarkScaleFactor = origin.watermarkScaleFactor;
    watermarkBoostFactor = origin.watermarkBoostFactor;
    percpuPagelistHighFraction = origin.percpuPagelistHighFraction;
    lowmemReserveRatio = origin.lowmemReserveRatio.clone();
    zoneReclaimMode = origin.zoneReclaimMode;
    groupingDisabled = origin.groupingDisabled;
    totalReservePages = origin.totalReservePages;
  }

  /** {@code vm.min_free_kbytes}, in KiB (Z-20, Z-21). */
  public int minFreeKbytes() {
    return minFreeKbytes;
  }

  public void setMinFreeKbytes(int kbytes) {
    minFreeKbytes = kbytes;
  }

  /** What the administrator wrote to min_free_kbytes, or -1. */
  public int userMinFreeKbytes() {
    return userMinFreeKbytes;
  }

  public void setUserMinFreeKbytes(int kbytes) {
    userMinFreeKbytes = kbytes;
  }

  /** {@code vm.watermark_scale_factor}, in 1/10000 of managed pages. */
  public int watermarkScaleFactor() {
    return watermarkScaleFactor;
  }

  public void setWatermarkScaleFactor(int factor) {
    watermarkScaleFactor = factor;
  }

  /** {@code vm.watermark_boost_factor}, in 1/10000 of the high mark; 0 disables boosting. */
  public int watermarkBoostFactor() {
    return watermarkBoostFactor;
  }

  public void setWatermarkBoostFactor(int factor) {
    watermarkBoostFactor = factor;
  }

  /** {@code vm.percpu_pagelist_high_fraction}: 0 or at least 8 (P-6). */
  public int percpuPagelistHighFraction() {
    return percpuPagelistHighFraction;
  }

  public void setPercpuPagelistHighFraction(int fraction) {
    percpuPagelistHighFraction = fraction;
  }

  /** {@code vm.lowmem_reserve_ratio} by zone index (Z-30). */
  public int lowmemReserveRatio(int zoneIndex) {
    return lowmemReserveRatio[zoneIndex];
  }

  /** Number of ratios: one per zone index. */
  public int lowmemReserveRatios() {
    return lowmemReserveRatio.length;
  }

  public void setLowmemReserveRatio(int[] ratio) {
    lowmemReserveRatio = Arrays.copyOf(ratio, lowmemReserveRatio.length);
  }

  /** {@code vm.zone_reclaim_mode} (F-13). */
  public int zoneReclaimMode() {
    return zoneReclaimMode;
  }

  public void setZoneReclaimMode(int mode) {
    zoneReclaimMode = mode;
  }

  /** Whether mobility grouping is off: every request is UNMOVABLE (G-31). */
  public boolean groupingDisabled() {
    return groupingDisabled;
  }

  public void setGroupingDisabled(boolean disabled) {
    groupingDisabled = disabled;
  }

  /** Pages kept from user space by marks and reserves: a stored sum (Z-33). */
  public long totalReservePages() {
    return totalReservePages;
  }

  public void setTotalReservePages(long pages) {
    totalReservePages = pages;
  }
}
