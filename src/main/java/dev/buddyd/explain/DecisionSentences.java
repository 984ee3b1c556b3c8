package dev.buddyd.explain;

import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.buddy.Buddy;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.gfp.GfpMask;
import dev.buddyd.mm.gfp.RequestFlags;
import dev.buddyd.mm.reclaim.Reclaim;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.NoKill;
import dev.buddyd.mm.zone.Kswapd;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** One plain sentence per decision. */
final class DecisionSentences {

  private static final List<String> MARKS = List.of("min", "low", "high");

  private final Geometry geometry;
  private final List<String> types;

  private final IntFunction<@Nullable String> owners;

  /**
   * @param owners name of an owner number
   */
  DecisionSentences(PhysicalMemory memory, IntFunction<@Nullable String> owners) {
    this.owners = owners;
    this.geometry = memory.geometry();
    this.types = MigrateType.names(geometry.cmaBuilt());
  }

  String of(Decision decision, List<Long> v) {
    return switch (decision) {
      case REQUEST ->
          "%s, order %d, on CPU %d, preferring node %d: highest zone %s, migratetype %s"
              .formatted(
                  new GfpMask((int) at(v, 0)).toString(),
                  at(v, 1),
                  at(v, 3),
                  at(v, 2),
                  geometry.zoneKinds().get((int) at(v, 4)).kernelName(),
                  type(v, 5));
      case FAST_ATTEMPT, SCAN -> "walks the zonelist with " + flags((int) at(v, 0));
      case NO_PREFERRED_ZONE -> "no zone of the list may serve this mask";
      case FAST_FAILED -> "no zone had its low watermark and a block";
      case SLOW_START ->
          "slow path: no zone had its low watermark and a block; goes on with "
              + flags((int) at(v, 0));
      case NOMIX_CLEARED ->
          "no zone served without mixing types in a pageblock; walks again and allows it";
      case NOMIX_LEFT_NODE ->
          "before leaving the node, walks its zones again and allows mixing types in a pageblock";
      case BELOW_HIGH_SET ->
          "marks the zone as below its high watermark: per-CPU lists stop growing";
      case BELOW_HIGH_CLEARED -> "the zone is above its high watermark again";
      case ZONE_EXHAUSTED -> "no list had a block for this request; next zone";
      case RESERVE_RIGHTS -> "__GFP_MEMALLOC: watermarks are ignored from here on";
      case EARLY_COMPACTION -> "before any reclaim, " + compaction((int) at(v, 0));
      case NO_PASS ->
          at(v, 0) == 0
              ? "__GFP_NORETRY: gives up without a pass of reclaim, for compaction did not run"
              : "__GFP_NORETRY with __GFP_THISNODE: gives up without a pass of reclaim";
      case NO_SLEEP -> "cannot sleep: gives up without reclaim and compaction of its own";
      case ONE_PASS -> "__GFP_NORETRY: gives up after one pass";
      case COSTLY_ONE_PASS ->
          "order %d or more without __GFP_RETRY_MAYFAIL and __GFP_IO: gives up after one pass"
              .formatted(Geometry.COSTLY_ORDER + 1);
      case NO_KILL ->
          "nobody is killed for "
              + switch (NoKill.values()[(int) at(v, 0)]) {
                case COSTLY -> "a block of order %d or more".formatted(Geometry.COSTLY_ORDER + 1);
                case RETRY_MAYFAIL -> "__GFP_RETRY_MAYFAIL";
                case THIS_NODE -> "__GFP_THISNODE";
                case LOW_ZONE -> "memory below zone Normal";
                case NO_FS -> "a request without __GFP_FS";
              };
      case DIRECT_RECLAIM ->
          at(v, 0) == 0
              ? "direct reclaim found nothing to reclaim"
              : "direct reclaim freed " + Kb.pages(at(v, 0));
      case DIRECT_COMPACTION -> compaction((int) at(v, 0));
      case RETRY_RECLAIM ->
          at(v, 1) == 1
              ? "round %d without enough progress: tries again".formatted(at(v, 0))
              : "after %d rounds reclaim is not worth another try".formatted(at(v, 0));
      case OOM_STEP ->
          switch (Reclaim.Oom.values()[(int) at(v, 0)]) {
            case KILLED -> "the OOM killer was called: who is dying gives memory back";
            case INVOKED -> "the OOM killer is called; this machine has no process that could die";
            case NO_VICTIM ->
                "the OOM killer was called: it may kill nobody, or vm.panic_on_oom forbids it";
          };
      case NOFAIL_RESERVE -> "__GFP_NOFAIL: tries once more with half of the min watermark";
      case REFUSED ->
          switch (KernelWould.values()[(int) at(v, 0)]) {
            case FAIL -> "no page: the kernel returns NULL to the caller";
            case LOOP -> "no page: the kernel would retry for ever";
            case OOM_KILL -> "no page: the kernel would kill a process and retry";
            case PANIC -> "no page: the kernel would panic";
          };
      case BULK_ZONE -> "bulk request for " + Kb.pages(at(v, 0));
      case BULK_PAGE -> "hands out pfn %#x of a bulk request".formatted(at(v, 0));
      case EXACT_TRIM ->
          "gives the unused %s from pfn %#x back to the list tails"
              .formatted(Kb.pages(at(v, 1)), at(v, 0));
      case SPLIT_PAGE ->
          "makes each of the %s from pfn %#x an allocation of its own; no list changes"
              .formatted(Kb.pages(1L << at(v, 1)), at(v, 0));
      case PCP_HIT ->
          "takes pfn %#x from %s of CPU %d; %s cached"
              .formatted(
                  at(v, 3),
                  pcpList(v, 1),
                  at(v, 0),
                  at(v, 2) == 1 ? "1 page stays" : Kb.pages(at(v, 2)) + " stay");
      case PCP_REFILL ->
          "%s of CPU %d is empty: asks the buddy lists for %s (batch %d, high %d), gets %d"
              .formatted(
                  pcpList(v, 1),
                  at(v, 0),
                  Kb.blocks(at(v, 2), geometry.pcpOrderOf((int) at(v, 1))),
                  at(v, 4),
                  at(v, 5),
                  at(v, 3));
      case PCP_FREE ->
          "pfn %#x goes to the head of %s of CPU %d; %s cached, limit %d"
              .formatted(at(v, 4), pcpList(v, 1), at(v, 0), Kb.pages(at(v, 2)), at(v, 3));
      case PCP_DRAIN ->
          "drains %s of the set of CPU %d, starting at %s"
              .formatted(Kb.pages(at(v, 2)), at(v, 0), pcpList(v, 1));
      case TAKE ->
          at(v, 3) == at(v, 1)
              ? "takes the head of list order %d %s: pfn %#x"
                  .formatted(at(v, 1), type(v, 2), at(v, 0))
              : "order %d %s is empty: takes the head of order %d, pfn %#x, and splits it"
                  .formatted(at(v, 1), type(v, 2), at(v, 3), at(v, 0));
      case SPLIT -> "splits pfn %#x from order %d to %d".formatted(at(v, 0), at(v, 1), at(v, 2));
      case CLAIM_BLOCK ->
          "no %s block left: claims the whole free block at pfn %#x, order %d, from %s"
              .formatted(type(v, 3), at(v, 0), at(v, 1), type(v, 2));
      case CLAIM_COUNT ->
          "claiming the pageblock of pfn %#x: %d free + %d alike pages against %d needed: %s"
              .formatted(
                  at(v, 0),
                  at(v, 2),
                  at(v, 3),
                  at(v, 4),
                  at(v, 5) == 1 ? "the pageblock changes its type" : "refused");
      case CLAIM_EDGE ->
          "the pageblock of pfn %#x reaches beyond the zone and cannot be claimed"
              .formatted(at(v, 0));
      case CLAIM_TOO_SMALL ->
          "only blocks of order %d or less of other types: a movable request does not claim for those"
              .formatted(at(v, 0));
      case STEAL ->
          "steals pfn %#x, order %d, out of an order-%d %s block; its pageblock keeps that type"
              .formatted(at(v, 0), at(v, 1), at(v, 2), type(v, 3));
      case BOOST -> "boosts the watermarks: now by " + Kb.pages(at(v, 0));
      case HIGHATOMIC_RESERVE ->
          "reserves the pageblock of pfn %#x for atomic requests; %s reserved now"
              .formatted(at(v, 0), Kb.pages(at(v, 1)));
      case HIGHATOMIC_UNRESERVE ->
          "gives the reserved pageblock of pfn %#x back; %s reserved now"
              .formatted(at(v, 0), Kb.pages(at(v, 1)));
      case MERGE ->
          "pfn %#x merges with its free buddy %#x of order %d"
              .formatted(at(v, 0), at(v, 1), at(v, 2));
      case ISOLATE -> "the pageblock at pfn %#x is set aside".formatted(at(v, 0));
      case UNISOLATE ->
          "the pageblock at pfn %#x is taken back as %s".formatted(at(v, 0), type(v, 1));
      case MERGE_STOP -> mergeStop(v);
      case LIST_END ->
          "the block at pfn %#x, order %d, goes to the %s of the %s list"
              .formatted(at(v, 0), at(v, 1), at(v, 3) == 1 ? "tail" : "head", type(v, 2));
      case KSWAPD_PENDING ->
          at(v, 3) == 1
              ? "wakes kswapd of node %d for order %d".formatted(at(v, 0), at(v, 1))
              : at(v, 5) >= Kswapd.HOPELESS_FAILURES
                  ? "asks kswapd of node %d, which has given up after %d failed runs in a row"
                      .formatted(at(v, 0), at(v, 5))
                  : "asks kswapd of node %d, which needs no waking".formatted(at(v, 0));
      case KCOMPACTD_WAKE ->
          "wakes kcompactd of node %d for order %d".formatted(at(v, 0), at(v, 1));
      case KSWAPD_RUN ->
          "kswapd of node %d ran: %s reclaimed, %s in a row"
              .formatted(
                  at(v, 0),
                  Kb.pages(at(v, 1)),
                  at(v, 2) == 1 ? "1 failed run" : at(v, 2) + " failed runs");
      case MM_VMSCAN_DIRECT_RECLAIM_BEGIN,
          MM_VMSCAN_DIRECT_RECLAIM_END,
          MM_VMSCAN_LRU_SHRINK_INACTIVE,
          NODE_RECLAIM,
          RECLAIM_LEFT,
          RECLAIM_RETRY_ZONE,
          COMPACT_RETRY,
          MM_VMSCAN_WRITE_FOLIO,
          MM_COMPACTION_KCOMPACTD_WAKE,
          MM_VMSCAN_THROTTLED,
          MM_SHRINK_SLAB_END,
          WRITEBACK_START,
          MM_VMSCAN_KSWAPD_WAKE,
          MM_VMSCAN_KSWAPD_SLEEP,
          MM_COMPACTION_TRY_TO_COMPACT_PAGES,
          MM_COMPACTION_SUITABLE,
          MM_COMPACTION_DEFERRED,
          MM_COMPACTION_BEGIN,
          MM_COMPACTION_END,
          PAGE_MIGRATED,
          MARK_VICTIM ->
          ReclaimSentences.of(decision, v, owners);
      case TICK -> "periodic work of CPU " + at(v, 0);
      case OOM_SCORE_ADJ_UPDATE -> "the owner's oom_score_adj is %d".formatted(at(v, 0));
      case SYSCTL_WRITE ->
          "vm.%s was written: %d".formatted(Sysctls.names().get((int) at(v, 0)), at(v, 1));
      case MM_PAGE_ALLOC -> "pfn %#x, order %d, is handed out".formatted(at(v, 0), at(v, 1));
      case MM_PAGE_FREE -> "pfn %#x, order %d, is given back".formatted(at(v, 0), at(v, 1));
      case MM_PAGE_ALLOC_ZONE_LOCKED ->
          "pfn %#x, order %d, leaves the %s list".formatted(at(v, 0), at(v, 1), type(v, 2));
      case MM_PAGE_PCPU_DRAIN ->
          "pfn %#x, order %d, returns from the per-CPU set to the %s lists"
              .formatted(at(v, 0), at(v, 1), type(v, 2));
      case MM_PAGE_ALLOC_EXTFRAG ->
          "a request for %s memory is served from %s memory: order %d out of order %d"
              .formatted(type(v, 3), type(v, 4), at(v, 1), at(v, 2));
    };
  }

  private static String compaction(int result) {
    return switch (Reclaim.Compaction.values()[result]) {
      case SKIPPED -> "direct compaction skipped: it could not help";
      case DEFERRED -> "direct compaction deferred after earlier failures";
      case FAILED -> "direct compaction made no block of this order";
      case SUCCESS -> "direct compaction made a block of this order";
    };
  }

  private static String mergeStop(List<Long> v) {
    return switch ((int) at(v, 3)) {
      case Buddy.STOP_ORDER ->
          "merging stops at order %d: order differs, the buddy %#x is split"
              .formatted(at(v, 2), at(v, 1));
      case Buddy.STOP_TYPE ->
          "merging stops at order %d: the buddy %#x is of another type above pageblock order"
              .formatted(at(v, 2), at(v, 1));
      default -> "merging stops at order %d: the buddy %#x is in use".formatted(at(v, 2), at(v, 1));
    };
  }

  private static long at(List<Long> values, int i) {
    return values.get(i);
  }

  private String type(List<Long> values, int i) {
    return types.get((int) at(values, i));
  }

  private String pcpList(List<Long> values, int i) {
    int list = (int) at(values, i);
    int order = geometry.pcpOrderOf(list);
    int type = geometry.pcpTypeOf(list);
    boolean shared = order > Geometry.COSTLY_ORDER && type == MigrateType.UNMOVABLE;
    return "the order-%d %s list"
        .formatted(order, shared ? "UNMOVABLE and RECLAIMABLE" : types.get(type));
  }

  private static String flags(int flags) {
    List<String> words = new ArrayList<>();
    if ((flags & RequestFlags.NOWM) != 0) {
      words.add("no watermark");
    } else {
      words.add("the " + MARKS.get(flags & RequestFlags.WM_MASK) + " watermark");
    }
    add(words, flags, RequestFlags.RESERVE, "part of the min reserve");
    add(words, flags, RequestFlags.NONBLOCK, "a caller that cannot sleep");
    add(words, flags, RequestFlags.HATOM, "HIGHATOMIC lists allowed");
    add(words, flags, RequestFlags.USECMA, "CMA pages allowed");
    add(words, flags, RequestFlags.NOMIX, "no mixing of types in a pageblock at first");
    add(words, flags, RequestFlags.WAKE, "may wake kswapd");
    return String.join(", ", words);
  }

  private static void add(List<String> words, int flags, int flag, String word) {
    if ((flags & flag) != 0) {
      words.add(word);
    }
  }
}
