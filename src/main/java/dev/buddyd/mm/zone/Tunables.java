package dev.buddyd.mm.zone;

import dev.buddyd.mm.zone.Sysctls.Knob;
import java.util.Arrays;

/**
 * The values of the sysctls (spec 02, section 8) and the machine-wide numbers derived from them.
 * Written while the machine is quiesced, read by anybody.
 */
public final class Tunables {

  private final int[] values;
  private int userMinFreeKbytes = -1;
  private int[] lowmemReserveRatio;
  private boolean groupingDisabled;
  private long totalReservePages;

  /**
   * Values as after boot.
   *
   * @param lowmemReserveRatio one entry per zone index (Z-30)
   */
  public Tunables(int[] lowmemReserveRatio) {
    this.values = Arrays.stream(Knob.values()).mapToInt(Knob::initial).toArray();
    this.lowmemReserveRatio = lowmemReserveRatio.clone();
  }

  /** An independent copy. */
  public Tunables(Tunables origin) {
    values = origin.values.clone();
    userMinFreeKbytes = origin.userMinFreeKbytes;
    lowmemReserveRatio = origin.lowmemReserveRatio.clone();
    groupingDisabled = origin.groupingDisabled;
    totalReservePages = origin.totalReservePages;
  }

  /** The value of a numeric sysctl. */
  public int get(Knob knob) {
    return values[knob.ordinal()];
  }

  /** Sets a value without recomputing anything: see {@link Sysctls#write}. */
  public void set(Knob knob, int value) {
    values[knob.ordinal()] = value;
  }

  /** {@code vm.min_free_kbytes}, in KiB (Z-20, Z-21). */
  public int minFreeKbytes() {
    return get(Knob.MIN_FREE_KBYTES);
  }

  public void setMinFreeKbytes(int kbytes) {
    set(Knob.MIN_FREE_KBYTES, kbytes);
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
    return get(Knob.WATERMARK_SCALE_FACTOR);
  }

  /** {@code vm.watermark_boost_factor}, in 1/10000 of the high mark; 0 disables boosting. */
  public int watermarkBoostFactor() {
    return get(Knob.WATERMARK_BOOST_FACTOR);
  }

  /** {@code vm.percpu_pagelist_high_fraction}: 0 or at least 8 (P-6). */
  public int percpuPagelistHighFraction() {
    return get(Knob.PERCPU_PAGELIST_HIGH_FRACTION);
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
