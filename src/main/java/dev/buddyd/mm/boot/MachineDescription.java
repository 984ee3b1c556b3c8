package dev.buddyd.mm.boot;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A machine to boot: its RAM map, nodes, CPUs and kernel options (spec 08, section 5). Null means
 * "the architecture's default" throughout.
 *
 * @param name what the machine is called
 * @param arch {@code x86_64}, {@code x86_32} or {@code arm64}
 * @param pageSizeKb page size in KiB: 4; on arm64 also 16 or 64
 * @param transparentHugepage {@code always}, {@code madvise} or {@code never}; default {@code
 *     always} from 512 MiB on (Z-21)
 * @param cma whether CMA is built; default: if there are CMA areas
 * @param lowmemEndPfn x86_32: where Normal ends and HighMem starts (Z-3)
 * @param dmaEndPfn arm64: limit of the DMA zone by firmware (Z-4)
 * @param nodes the nodes, ids by position
 * @param reserved ranges that boot takes from RAM
 * @param kernelcore {@code kernelcore=}: bytes with suffix K, M, G, T, or a percentage (Z-6)
 * @param movablecore {@code movablecore=}, alike
 * @param cmaAreas areas given to CMA (S-3)
 * @param sysctls values written after boot, by name under {@code /proc/sys/vm}
 * @param warmUp a seeded load to run after boot (S-31)
 * @param swapKb size of the swap device in KiB, 0 for none; default 2 GiB
 * @param lruGen whether the multi-generational LRU is on; default true
 */
public record MachineDescription(
    String name,
    @Nullable String arch,
    @Nullable Integer pageSizeKb,
    @Nullable String transparentHugepage,
    @Nullable Boolean cma,
    @Nullable Long lowmemEndPfn,
    @Nullable Long dmaEndPfn,
    List<NodeDescription> nodes,
    @Nullable List<ReservedRange> reserved,
    @Nullable String kernelcore,
    @Nullable String movablecore,
    @Nullable List<PfnRange> cmaAreas,
    @Nullable Map<String, String> sysctls,
    @Nullable WarmUp warmUp,
    @Nullable Long swapKb,
    @Nullable Boolean lruGen) {

  /** A machine with the default swap and LRU. */
  public MachineDescription(
      String name,
      @Nullable String arch,
      @Nullable Integer pageSizeKb,
      @Nullable String transparentHugepage,
      @Nullable Boolean cma,
      @Nullable Long lowmemEndPfn,
      @Nullable Long dmaEndPfn,
      List<NodeDescription> nodes,
      @Nullable List<ReservedRange> reserved,
      @Nullable String kernelcore,
      @Nullable String movablecore,
      @Nullable List<PfnRange> cmaAreas,
      @Nullable Map<String, String> sysctls,
      @Nullable WarmUp warmUp) {
    this(
        name,
        arch,
        pageSizeKb,
        transparentHugepage,
        cma,
        lowmemEndPfn,
        dmaEndPfn,
        nodes,
        reserved,
        kernelcore,
        movablecore,
        cmaAreas,
        sysctls,
        warmUp,
        null,
        null);
  }

  /**
   * One node.
   *
   * @param cpus its CPUs; together the nodes must number them 0..n-1
   * @param ranges its RAM
   * @param distances to every node, 10 to itself; default 10 and 20
   */
  public record NodeDescription(
      List<Integer> cpus, List<PfnRange> ranges, @Nullable List<Integer> distances) {}

  /**
   * A range of frames.
   *
   * @param startPfn first frame
   * @param pages number of frames
   */
  public record PfnRange(long startPfn, long pages) {
    public long endPfn() {
      return startPfn + pages;
    }
  }

  /**
   * A range that boot takes (S-41).
   *
   * @param startPfn first frame
   * @param pages number of frames
   * @param what what it is used for
   * @param released whether it is given to the allocator late in boot, page by page (S-14)
   */
  public record ReservedRange(
      long startPfn, long pages, @Nullable String what, @Nullable Boolean released) {
    public long endPfn() {
      return startPfn + pages;
    }
  }

  /**
   * Requests to make after boot, chosen from a seed; a part of them is given back.
   *
   * @param seed of the choice
   * @param unmovableKb kernel memory, in KiB
   * @param reclaimableKb shrinkable slab, in KiB
   * @param movableKb page cache and anonymous memory, in KiB
   * @param freePercent share of all these that is freed again, 0..100
   */
  public record WarmUp(
      long seed, long unmovableKb, long reclaimableKb, long movableKb, int freePercent) {}

  /** All frames of RAM. */
  public long ramPages() {
    long sum = 0;
    for (NodeDescription node : nodes) {
      for (PfnRange range : node.ranges()) {
        sum += range.pages();
      }
    }
    return sum;
  }
}
