package dev.buddyd.procfs;

import dev.buddyd.machine.Event;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.gfp.GfpMask;
import dev.buddyd.mm.zone.Zone;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bodies of the vmscan, compaction, writeback and oom events, as a 6.12 trace has them. */
final class ReclaimTraceText {

  /** Pid of kswapd0; one more for each further node. */
  private static final int KSWAPD_PID = 44;

  /** Pid of kcompactd0. */
  private static final int KCOMPACTD_PID = 33;

  /** Who writes dirty page cache to its files. */
  private static final KernelTask FLUSHER = new KernelTask("kworker/u4:1", 30);

  private final SimulatedMachine machine;
  private final StringBuilder lines;
  private final Map<Integer, Event> compactions = new HashMap<>();

  /** The kernel thread at work on a CPU. */
  private final @Nullable KernelTask[] daemons;

  ReclaimTraceText(SimulatedMachine machine, StringBuilder lines) {
    this.machine = machine;
    this.lines = lines;
    this.daemons = new KernelTask[machine.memory().cpus()];
  }

  /**
   * Who an event is told of: the flusher for the writes that it starts, kswapd from its wake to its
   * sleep and kcompactd from the beginning of a compaction to its end, for what they do on their
   * CPU; else who asked.
   */
  KernelTask task(Event event, KernelTask asking) {
    int cpu = event.cpu();
    KernelTask atWork = daemons[cpu];
    switch (event.decision()) {
      case MM_VMSCAN_KSWAPD_WAKE -> {
        atWork = kswapd(event.value(0));
        daemons[cpu] = atWork;
      }
      case MM_COMPACTION_BEGIN -> {
        if (event.value(4) == 1) {
          atWork = kcompactd(machine.memory().zone(event.zone()).node());
          daemons[cpu] = atWork;
        }
      }
      case MM_VMSCAN_KSWAPD_SLEEP, MM_COMPACTION_END -> daemons[cpu] = null;
      case KCOMPACTD_WAKE -> atWork = event.value(3) == 1 ? kswapd(event.value(0)) : null;
      case MM_COMPACTION_KCOMPACTD_WAKE -> atWork = kcompactd(event.value(0));
      case MM_COMPACTION_DEFERRED ->
          atWork =
              event.value(4) == 1 ? kcompactd(machine.memory().zone(event.zone()).node()) : null;
      case WRITEBACK_START -> atWork = FLUSHER;
      case MM_VMSCAN_LRU_SHRINK_INACTIVE,
          MM_VMSCAN_WRITE_FOLIO,
          MM_PAGE_FREE,
          MM_PAGE_PCPU_DRAIN -> {
        // done by whoever is at work
      }
      default -> atWork = null;
    }
    return atWork == null ? asking : atWork;
  }

  private static KernelTask kswapd(long node) {
    return new KernelTask("kswapd" + node, KSWAPD_PID + (int) node);
  }

  private static KernelTask kcompactd(long node) {
    return new KernelTask("kcompactd" + node, KCOMPACTD_PID + (int) node);
  }

  void body(Event event) {
    switch (event.decision()) {
      case MM_VMSCAN_DIRECT_RECLAIM_BEGIN -> {
        lines.append("mm_vmscan_direct_reclaim_begin: order=").append(event.value(0));
        lines.append(" gfp_flags=").append(mask(event.value(1)));
      }
      case MM_VMSCAN_DIRECT_RECLAIM_END ->
          lines.append("mm_vmscan_direct_reclaim_end: nr_reclaimed=").append(event.value(0));
      case MM_VMSCAN_LRU_SHRINK_INACTIVE -> shrink(event);
      case MM_VMSCAN_KSWAPD_WAKE -> {
        lines.append("mm_vmscan_kswapd_wake: nid=").append(event.value(0));
        lines.append(" order=").append(event.value(1));
      }
      case MM_VMSCAN_KSWAPD_SLEEP ->
          lines.append("mm_vmscan_kswapd_sleep: nid=").append(event.value(0));
      case KSWAPD_PENDING -> {
        lines.append("mm_vmscan_wakeup_kswapd: nid=").append(event.value(0));
        lines.append(" order=").append(event.value(1));
        lines.append(" gfp_flags=").append(mask(event.value(4)));
      }
      case KCOMPACTD_WAKE -> kcompactd("mm_compaction_wakeup_kcompactd", event);
      case MM_COMPACTION_KCOMPACTD_WAKE -> kcompactd("mm_compaction_kcompactd_wake", event);
      case RECLAIM_RETRY_ZONE -> {
        lines.append("reclaim_retry_zone: ");
        zone(event);
        lines.append(" order=").append(event.value(0));
        lines.append(" reclaimable=").append(event.value(1));
        lines.append(" available=").append(event.value(2));
        lines.append(" min_wmark=").append(event.value(3));
        lines.append(" no_progress_loops=").append(event.value(4));
        lines.append(" wmark_check=").append(event.value(5));
      }
      case COMPACT_RETRY -> compactRetry(event);
      case WRITEBACK_START -> {
        lines.append("writeback_start: bdi 254:0: sb_dev 0:0 nr_pages=").append(event.value(1));
        lines.append(" sync_mode=0 kupdate=0 range_cyclic=1 background=0 reason=vmscan");
        lines.append(" cgroup_ino=1");
      }
      case MM_COMPACTION_TRY_TO_COMPACT_PAGES -> {
        lines.append("mm_compaction_try_to_compact_pages: order=").append(event.value(0));
        lines.append(" gfp_mask=").append(mask(event.value(1)));
        lines.append(" priority=").append(event.value(2));
      }
      case MM_COMPACTION_SUITABLE -> {
        lines.append("mm_compaction_suitable: ");
        zone(event);
        lines.append(" order=").append(event.value(0)).append(" ret=");
        lines.append(
            switch ((int) event.value(1)) {
              case 0 -> "success";
              case 1 -> "skipped";
              default -> "continue";
            });
      }
      case MM_COMPACTION_DEFERRED -> {
        lines.append("mm_compaction_deferred: ");
        zone(event);
        lines.append(" order=").append(event.value(0));
        lines.append(" order_failed=").append(event.value(1));
        lines.append(" consider=").append(event.value(2)).append(" limit=").append(event.value(3));
      }
      case MM_COMPACTION_BEGIN -> {
        compactions.put(event.zone(), event);
        long end = event.value(1);
        int block = machine.memory().geometry().pageblockPages();
        lines.append("mm_compaction_begin: ");
        scanners(event.value(0), event.value(0), end - 1 & -block, end, event.value(2));
      }
      case MM_COMPACTION_END -> compactionEnds(event);
      case MARK_VICTIM -> victim(event);
      default -> throw new IllegalArgumentException(event.decision() + " is no tracepoint");
    }
  }

  private static String mask(long gfp) {
    return new GfpMask((int) gfp).printTrace();
  }

  private void compactRetry(Event event) {
    lines.append("compact_retry: order=").append(event.value(0)).append(" priority=COMPACT_PRIO_");
    lines.append(
        switch ((int) event.value(1)) {
          case 2 -> "ASYNC";
          case 1 -> "SYNC_LIGHT";
          default -> "SYNC_FULL";
        });
    lines.append(" compaction_result=");
    lines.append(
        switch ((int) event.value(2)) {
          case 0, 1 -> "withdrawn"; // skipped or deferred
          case 2 -> "failed";
          default -> "progress";
        });
    lines.append(" retries=").append(event.value(3));
    lines.append(" max_retries=").append(event.value(4));
    lines.append(" should_retry=").append(event.value(5));
  }

  private void kcompactd(String name, Event event) {
    int node = (int) event.value(0);
    lines.append(name).append(": nid=").append(node);
    lines.append(" order=").append(event.value(1)).append(" classzone_idx=");
    int zones = machine.memory().node(node).spans().size();
    int index = (int) Math.min(event.value(2), zones - 1L);
    Columns.left(lines, machine.memory().node(node).spans().get(index).kind().kernelName(), 8);
  }

  private void zone(Event event) {
    Zone zone = machine.memory().zone(event.zone());
    lines.append("node=").append(zone.node()).append(" zone=");
    Columns.left(lines, zone.name(), 8);
  }

  private void shrink(Event event) {
    boolean file = event.value(0) % 2 == 1;
    lines.append("mm_vmscan_lru_shrink_inactive: nid=").append(event.value(0) / 2);
    lines.append(" nr_scanned=").append(event.value(1));
    lines.append(" nr_reclaimed=").append(event.value(2));
    lines.append(" nr_dirty=").append(event.value(3));
    lines.append(" nr_writeback=").append(event.value(4));
    lines.append(" nr_congested=0 nr_immediate=").append(event.value(3));
    lines.append(" nr_activate_anon=0 nr_activate_file=").append(file ? event.value(3) : 0);
    lines.append(" nr_ref_keep=0 nr_unmap_fail=0 priority=").append(event.value(5));
    lines.append(" flags=").append(file ? "RECLAIM_WB_FILE" : "RECLAIM_WB_ANON");
    lines.append("|RECLAIM_WB_ASYNC");
  }

  private void scanners(long start, long migrate, long free, long end, long sync) {
    lines.append("zone_start=0x").append(Long.toHexString(start));
    lines.append(" migrate_pfn=0x").append(Long.toHexString(migrate));
    lines.append(" free_pfn=0x").append(Long.toHexString(free));
    lines.append(" zone_end=0x").append(Long.toHexString(end));
    lines.append(", mode=").append(sync == 0 ? "async" : "sync");
  }

  private void compactionEnds(Event event) {
    Zone zone = machine.memory().zone(event.zone());
    Event begin = compactions.remove(event.zone());
    lines.append("mm_compaction_end: ");
    scanners(
        zone.span().startPfn(),
        event.value(4),
        event.value(5),
        zone.span().endPfn(),
        begin == null ? 1 : begin.value(2));
    lines.append(" status=").append(event.value(3) == 1 ? "success" : "complete");
  }

  private void victim(Event event) {
    KernelTask task = KernelTask.of(machine.ownerName((int) event.value(0)), (int) event.value(0));
    int kb = machine.memory().geometry().pageKbytes();
    lines.append("mark_victim: pid=").append(task.pid()).append(" comm=").append(task.comm());
    lines
        .append(" total-vm=")
        .append((event.value(2) + event.value(3)) * kb)
        .append("kB anon-rss=");
    lines.append(event.value(2) * kb).append("kB file-rss:0kB shmem-rss:0kB uid=0 pgtables=0kB");
    lines.append(" oom_score_adj=").append(event.value(4));
  }
}
