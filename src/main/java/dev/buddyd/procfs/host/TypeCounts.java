package dev.buddyd.procfs.host;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.procfs.parse.BuddyRow;
import dev.buddyd.procfs.parse.PageBlockRow;
import dev.buddyd.procfs.parse.PageTypeRow;
import dev.buddyd.procfs.parse.ProcFacts;
import dev.buddyd.procfs.parse.ProcFacts.File;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The free blocks of one zone by order and type: how many there are says buddyinfo, of which type
 * they are pagetypeinfo. The two were read one after the other and may differ a little.
 */
final class TypeCounts {

  private final ProcFacts facts;
  private final Geometry geometry;
  private final int node;
  private final String zone;
  private final long[][] blocks;
  private long moved;

  TypeCounts(ProcFacts facts, Geometry geometry, int node, String zone) {
    this.facts = facts;
    this.geometry = geometry;
    this.node = node;
    this.zone = zone;
    this.blocks = new long[geometry.maxOrder() + 1][geometry.migrateTypes()];
  }

  /** Free blocks by order and type. */
  long[][] blocks() {
    return blocks;
  }

  /** Pages whose type had to be guessed because the two files differ. */
  long moved() {
    return moved;
  }

  /**
   * Puts both files together.
   *
   * @param fallback the type of all blocks where no type is told
   * @param freeCma free CMA pages, where only zoneinfo knows them
   * @return whether types are told
   */
  boolean read(int fallback, long freeCma) {
    boolean typed = false;
    for (PageTypeRow row : facts.pageTypes()) {
      if (row.node() == node && row.zone().equals(zone)) {
        typed = true;
        int type = type(row.type());
        for (int order = 0; order <= geometry.maxOrder() && order < row.free().size(); order++) {
          blocks[order][type] += row.free().get(order);
        }
      }
    }
    BuddyRow buddy = buddy();
    if (buddy != null) {
      for (int order = 0; order <= geometry.maxOrder(); order++) {
        reconcile(blocks[order], buddy.free().get(order), order, fallback);
      }
      moved = typed ? moved : 0;
    }
    if (!typed && geometry.cmaBuilt()) {
      carveCma(fallback, freeCma);
    }
    return typed;
  }

  private @Nullable BuddyRow buddy() {
    BuddyRow found = null;
    for (BuddyRow row : facts.buddyinfo()) {
      if (row.node() == node && row.zone().equals(zone)) {
        if (found != null && !found.equals(row)) {
          throw new InvalidHostException(
              facts.line(File.BUDDYINFO, node, zone, ""),
              "buddyinfo",
              "the text tells twice, and differently, about zone %s of node %d"
                  .formatted(zone, node));
        }
        found = row;
      }
    }
    return found;
  }

  /** Lets the counts of one order add up to what buddyinfo says. */
  private void reconcile(long[] byType, long wanted, int order, int fallback) {
    long have = 0;
    for (long count : byType) {
      have += count;
    }
    long missing = wanted - have;
    moved += Math.abs(missing) << order;
    if (missing > 0) {
      byType[most(byType, fallback)] += missing;
    }
    while (missing < 0) {
      int type = most(byType, fallback);
      long taken = Math.min(byType[type], -missing);
      byType[type] -= taken;
      missing += taken;
    }
  }

  private static int most(long[] byType, int fallback) {
    int best = fallback;
    for (int type = 0; type < byType.length; type++) {
      best = byType[type] > byType[best] ? type : best;
    }
    return best;
  }

  /** Without pagetypeinfo: blocks that make up the free CMA pages, the largest first. */
  private void carveCma(int from, long freeCma) {
    long left = freeCma;
    for (int order = geometry.maxOrder(); order >= 0; order--) {
      long taken = Math.min(blocks[order][from], left >> order);
      blocks[order][from] -= taken;
      blocks[order][geometry.cmaType()] += taken;
      left -= taken << order;
    }
  }

  /** Pageblocks by type; 0 where they are not told. */
  long[] pageblocks(long cmaPages) {
    long[] count = new long[geometry.migrateTypes()];
    boolean told = false;
    for (PageBlockRow row : facts.pageBlocks()) {
      if (row.node() == node && row.zone().equals(zone) && !told) {
        row.blocks().forEach((name, blocksOfType) -> count[type(name)] += blocksOfType);
        told = true;
      }
    }
    if (!told && geometry.cmaBuilt()) {
      count[geometry.cmaType()] = cmaPages >> geometry.pageblockOrder();
    }
    return count;
  }

  /** A type by its printed name; the Reserve of kernels before 4.4 is open to everybody. */
  private int type(String name) {
    List<String> names = new ArrayList<>(MigrateType.procNames(geometry.cmaBuilt()));
    int type = names.indexOf(name);
    return type >= 0 ? type : MigrateType.UNMOVABLE;
  }
}
