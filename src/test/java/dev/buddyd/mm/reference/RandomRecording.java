package dev.buddyd.mm.reference;

import dev.buddyd.mm.gfp.Gfp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The recording of a machine that nobody has, with requests that nobody made: the reference model
 * plays the kernel. The same seed gives the same recording.
 */
public final class RandomRecording {

  /** A block that is held, an exact one if {@code pages} is not 0. */
  private record Block(int slot, long pfn, int order, int pages, boolean compound) {}

  private final Random random;
  private final Load masks;
  private final RefSizing sizing;
  private final ReferenceAllocator machine;
  private final int top;
  private final List<Block> held = new ArrayList<>();
  private @Nullable RefRecording recording;
  private int slots;

  // what the present phase does
  private int phaseGfp;
  private int phaseOrder;
  private int freesInTen;
  private int lruInTen;

  private RandomRecording(long seed) {
    random = new Random(seed);
    masks = new Load(seed);
    sizing = RandomMachine.of(random);
    machine = sizing.machine;
    top = machine.kernel.top();
  }

  /**
   * A recording.
   *
   * @param operations at least so many are recorded; some more go before it starts
   */
  public static ObjectNode of(long seed, int operations) {
    return new RandomRecording(seed).record(operations);
  }

  private ObjectNode record(int operations) {
    if (oneIn(2)) {
      sysctls();
    }
    int warmUp = random.nextInt(operations);
    for (int done = 0; done < warmUp; ) {
      done += phase(1 + random.nextInt(operations / 4));
    }
    sysctls();
    machine.nodes.stream().filter(node -> oneIn(2)).forEach(node -> node.sleep(random.nextInt(20)));
    RefRecording made = new RefRecording(sizing);
    recording = made;
    while (made.operations() < operations) {
      phase(1 + random.nextInt(operations / 4));
    }
    return made.end();
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private void sysctls() {
    if (oneIn(2)) {
      sizing.write("min_free_kbytes", random.nextInt(oneIn(2) ? 100 : 12_000));
    }
    if (oneIn(3)) {
      sizing.write("watermark_scale_factor", 1 + random.nextInt(400));
    }
    if (oneIn(3)) {
      sizing.write("watermark_boost_factor", random.nextInt(4) * 8_000);
    }
    if (oneIn(3)) {
      sizing.write("percpu_pagelist_high_fraction", oneIn(2) ? 0 : 8 + random.nextInt(200));
    }
    if (oneIn(3)) {
      sizing.writeRatios(random.ints(sizing.ratios.length, 0, 300).boxed().toList());
    }
  }

  // ---- phases

  /** A phase in which half of the requests are alike; says how much it did. */
  private int phase(int length) {
    phaseGfp = gfp();
    phaseOrder = order();
    freesInTen = 1 + random.nextInt(8);
    lruInTen = random.nextInt(11);
    int squeezed = squeeze(2 * length);
    for (int i = 0; i < length; i++) {
      step();
      if (recording != null && oneIn(1 + length / 4)) {
        recording.probe();
      }
    }
    return length + squeezed;
  }

  /** Brings the machine into a corner; says how much it did. */
  private int squeeze(int most) {
    int node = node();
    int cpu = cpu();
    return switch (random.nextInt(6)) {
      case 0 -> flood(phaseGfp, random.nextInt(top + 1), node, cpu, most);
      case 1 -> fill(node, cpu, most);
      case 2 -> shred(node, cpu, most);
      case 3 -> // what is left goes to atomic requests, which reserve (B-70)
          fill(node, cpu, most)
              + flood(Gfp.GFP_ATOMIC, 1 + random.nextInt(top), node, cpu, 1 + random.nextInt(20))
              + (oneIn(2) ? shred(node, cpu, most) : flood(Gfp.GFP_ATOMIC, 0, node, cpu, most));
      default -> 0;
    };
  }

  private int flood(int gfp, int order, int node, int cpu, int most) {
    int done = 0;
    while (done < most && allocate(gfp, order, node, cpu)) {
      done++;
    }
    return done;
  }

  /** The largest blocks first, then smaller ones; sometimes without waking kswapd (Z-52). */
  private int fill(int node, int cpu, int most) {
    int quiet = oneIn(2) ? ~Gfp.KSWAPD_RECLAIM : ~0;
    int done = 0;
    for (int order = top; order >= 0; order -= 1 + random.nextInt(3)) {
      done += flood(gfp() & quiet, order, node, cpu, most - done);
    }
    return done;
  }

  /** Single pages everywhere, and then holes. */
  private int shred(int node, int cpu, int most) {
    int done = 0;
    for (; done < most; done += 64) {
      bulk(phaseGfp, 64, node, cpu);
    }
    for (int frees = random.nextInt(held.size() + 1); frees > 0 && done < 2 * most; frees--) {
      free(cpu);
      done++;
    }
    return done;
  }

  private void step() {
    int node = node();
    int cpu = cpu();
    int gfp = oneIn(2) ? phaseGfp : gfp();
    int order = oneIn(2) ? phaseOrder : order();
    switch (random.nextInt(40)) {
      case 0 -> bulk(gfp, 1 + random.nextInt(150), node, cpu);
      case 1, 2 ->
          exact(gfp, oneIn(9) ? 1 + random.nextInt(1 << top) : 1 + random.nextInt(40), node, cpu);
      case 3 -> split(cpu);
      case 4 -> {
        machine.drain(cpu);
        tell("D", cpu);
      }
      case 5, 6 -> {
        machine.tick(cpu);
        tell("V", cpu);
      }
      case 7 -> {
        boolean force = oneIn(2);
        boolean done = machine.unreserve(gfp, node, force, cpu);
        tell("U", force ? 1 : 0, gfp, node, cpu, done ? 1 : 0);
      }
      default -> {
        if (random.nextInt(10) < freesInTen) {
          free(cpu);
        } else {
          allocate(gfp, order, node, cpu);
        }
      }
    }
  }

  private int cpu() {
    return random.nextInt(machine.nodeOfCpu.length);
  }

  private int node() {
    return random.nextInt(machine.nodes.size());
  }

  /** Any zone bits now and then, those that exclude each other among them (G-21). */
  private int gfp() {
    int gfp = masks.gfp();
    boolean slab = (gfp & Gfp.RECLAIMABLE) != 0; // not MOVABLE as well (G-30)
    return oneIn(16) ? (gfp & ~Gfp.ZONE_MASK) | random.nextInt(slab ? 8 : 16) : gfp;
  }

  private int order() {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> 0;
      case 3, 4 -> random.nextInt(4);
      case 5 -> machine.kernel.pbo();
      default -> random.nextInt(top + 1);
    };
  }

  // ---- operations

  private void tell(String kind, long... values) {
    if (recording != null) {
      recording.op(kind, values);
    }
  }

  private boolean allocate(int gfp, int order, int node, int cpu) {
    long pfn = Math.max(machine.allocate(gfp, order, node, cpu), -1);
    boolean lru = random.nextInt(10) < lruInTen;
    int slot = slots++;
    tell("A", slot, order, gfp, node, cpu, pfn, lru ? 1 : 0);
    if (pfn >= 0) {
      machine.setMovable(pfn, lru);
      held.add(new Block(slot, pfn, order, 0, order > 0 && (gfp & Gfp.COMP) != 0));
    } else if (oneIn(8)) {
      tell("F", slot, order, cpu, -1); // nothing to free
    }
    return pfn >= 0;
  }

  private void free(int cpu) {
    if (held.isEmpty()) {
      return;
    }
    Block block = take();
    if (block.pages == 0) {
      machine.free(block.pfn, block.order, cpu);
      tell("F", block.slot, block.order, cpu, block.pfn);
      return;
    }
    for (long p = block.pfn; p < block.pfn + block.pages; p++) {
      machine.free(p, 0, cpu);
    }
    tell("Y", block.slot, block.pages, cpu, block.pfn);
  }

  private Block take() {
    Collections.swap(held, random.nextInt(held.size()), held.size() - 1);
    return held.removeLast();
  }

  private void bulk(int gfp, int pages, int node, int cpu) {
    List<Long> pfns = machine.allocateBulk(gfp, node, cpu, pages, new long[1]);
    tell("B", slots, pages, gfp, node, cpu, pfns.size());
    for (int i = 0; i < pfns.size(); i++) {
      tell("b", slots + i, pfns.get(i));
      held.add(new Block(slots + i, pfns.get(i), 0, 0, false));
    }
    slots += pages;
  }

  private void exact(int gfp, int pages, int node, int cpu) {
    long pfn = Math.max(machine.allocateExact(gfp, pages, node, cpu), -1);
    int slot = slots++;
    tell("X", slot, pages, gfp, node, cpu, pfn);
    if (pfn >= 0) {
      held.add(new Block(slot, pfn, 0, pages, false));
    }
  }

  private void split(int cpu) {
    if (held.isEmpty()) {
      return;
    }
    Block block = take();
    if (block.compound || block.pages > 0) {
      held.add(block);
      return;
    }
    machine.split(block.pfn, block.order);
    tell("S", block.slot, slots, block.order, cpu, block.pfn);
    for (int i = 0; i < 1 << block.order; i++) {
      held.add(new Block(slots++, block.pfn + i, 0, 0, false));
    }
  }
}
