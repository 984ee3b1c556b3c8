package dev.buddyd.procfs.host;

import dev.buddyd.mm.frame.Geometry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Where the free blocks of a zone lie. Only their numbers are known; their places are made up from
 * a seed such that no two free buddies are left unmerged below pageblock order (B-20).
 */
final class BlockLayout {

  /** Takes the result, section by section in ascending order; frames count as in the plan. */
  interface Taker extends RegionTree.Visitor {
    /** A pageblock that lies inside, at least partly. */
    void pageblock(long start, int type);

    /** A pageblock that nothing needs: a hole, if there are holes. */
    void spare(long start);
  }

  private record Block(int region, int type) {}

  private static final int SPARE = -1;

  private final Geometry geometry;
  private final BlockPlan plan;
  private final long first;
  private final long end;
  private final long[][] blocks;
  private final Random random;
  private final RegionTree tree = new RegionTree();
  private final RegionTree above = new RegionTree();

  BlockLayout(Geometry geometry, BlockPlan plan, long first, long end, long[][] blocks, long seed) {
    this.geometry = geometry;
    this.plan = plan;
    this.first = first;
    this.end = end;
    this.blocks = blocks;
    this.random = new Random(seed);
  }

  /** Puts everything in its place; false if large free blocks would lie beside their like. */
  boolean place(boolean pairsAllowed, Taker taker) {
    List<Block> pageblocks = new ArrayList<>();
    int low = Border.ABSENT;
    int high = Border.ABSENT;
    for (int type = 0; type < geometry.migrateTypes(); type++) {
      Border border = plan.border(tree, type);
      Regions regions = ofType(type, border);
      for (int region : regions.mixed()) {
        pageblocks.add(new Block(region, type));
      }
      for (long i = 0; i < regions.solid(); i++) {
        pageblocks.add(new Block(RegionTree.SOLID, type));
      }
      low = border.low() == Border.ABSENT ? low : leaf(new Block(border.low(), type));
      high = border.high() == Border.ABSENT ? high : leaf(new Block(border.high(), type));
    }
    for (long i = 0; i < plan.spare(); i++) {
      pageblocks.add(new Block(RegionTree.SOLID, SPARE));
    }
    Collections.shuffle(pageblocks, random);
    return sections(pageblocks, low, high, pairsAllowed, taker);
  }

  private final List<Block> leaves = new ArrayList<>();

  /** A pageblock as a region of the trees above: its number is that of a kind of free block. */
  private int leaf(Block block) {
    leaves.add(block);
    return RegionTree.free(geometry.migrateTypes() + leaves.size() - 1);
  }

  /** The pageblocks of one type; those at the ends are in {@code border}. */
  private Regions ofType(int type, Border border) {
    Regions regions = new Regions(tree, random, plan.solidPages(type, plan.small(type)));
    for (int order = 0; order < geometry.pageblockOrder(); order++) {
      Deque<Integer> free = new ArrayDeque<>();
      for (long i = 0; i < blocks[order][type]; i++) {
        free.add(RegionTree.free(type));
      }
      Regions current = regions;
      border.step(order, () -> free.isEmpty() ? current.take() : free.removeFirst());
      regions = current.join(free);
    }
    return regions;
  }

  /** Pageblocks and large free blocks become sections of the largest order. */
  private boolean sections(
      List<Block> pageblocks, int low, int high, boolean pairsAllowed, Taker taker) {
    int pbo = geometry.pageblockOrder();
    Border border = new Border(above, first, end, true, true);
    border.load(low, high);
    Deque<Integer> others = new ArrayDeque<>();
    pageblocks.forEach(block -> others.add(leaf(block)));
    for (int order = pbo; order < geometry.maxOrder(); order++) {
      Deque<Integer> free = freeOf(order);
      border.step(order, () -> free.isEmpty() ? others.removeFirst() : free.removeFirst());
      List<Integer> joined = new ArrayList<>();
      while (!free.isEmpty() && !others.isEmpty()) {
        joined.add(above.joinAnyhow(free.removeFirst(), others.removeFirst(), random));
      }
      while (free.size() > 1) {
        int one = free.removeFirst();
        int other = free.removeLast(); // sorted by type: the most different one
        if (one == other && !pairsAllowed) {
          return false;
        }
        joined.add(above.joinAnyhow(one, other, random));
      }
      while (others.size() > 1) {
        joined.add(above.joinAnyhow(others.removeFirst(), others.removeFirst(), random));
      }
      if (!free.isEmpty() || !others.isEmpty()) {
        return false;
      }
      Collections.shuffle(joined, random);
      others.addAll(joined);
    }
    others.addAll(freeOf(geometry.maxOrder()));
    return inOrder(others, border, taker);
  }

  private Deque<Integer> freeOf(int order) {
    Deque<Integer> free = new ArrayDeque<>();
    for (int type = 0; type < geometry.migrateTypes(); type++) {
      for (long i = 0; i < blocks[order][type]; i++) {
        free.add(RegionTree.free(type));
      }
    }
    return free;
  }

  private boolean inOrder(Deque<Integer> others, Border border, Taker taker) {
    int top = geometry.maxOrder();
    List<Integer> floating = new ArrayList<>(others);
    Collections.shuffle(floating, random);
    RegionTree.Visitor visitor = new Sections(taker);
    long last = (end - 1) >> top;
    int next = 0;
    for (long section = first >> top; section <= last; section++) {
      int region;
      if (section == first >> top && border.low() != Border.ABSENT) {
        region = border.low();
      } else if (section == last && border.high() != Border.ABSENT) {
        region = border.high();
      } else if (next < floating.size()) {
        region = floating.get(next++);
      } else {
        return false;
      }
      above.visit(region, section << top, top, visitor);
    }
    return next == floating.size();
  }

  /** Opens the pageblocks in a section. */
  private final class Sections implements RegionTree.Visitor {

    private final Taker taker;

    Sections(Taker taker) {
      this.taker = taker;
    }

    @Override
    public void free(long start, int order, int type) {
      if (type < geometry.migrateTypes()) {
        for (long at = start; at < start + (1L << order); at += geometry.pageblockPages()) {
          taker.pageblock(at, type);
        }
        taker.free(start, order, type);
        return;
      }
      Block block = leaves.get(type - geometry.migrateTypes());
      if (block.type() == SPARE) {
        taker.spare(start);
      } else {
        taker.pageblock(start, block.type());
      }
      tree.visit(block.region(), start, order, taker);
    }

    @Override
    public void solid(long start, int order) {
      throw new IllegalStateException("a section is made of pageblocks");
    }
  }
}
