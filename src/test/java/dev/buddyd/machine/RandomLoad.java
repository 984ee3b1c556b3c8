package dev.buddyd.machine;

import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.zone.PhysicalMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A client that chooses its requests from a seed: every kind of request, masks, orders, CPUs,
 * nodes, owners, uses. Two machines in the same state answer the same seed alike.
 */
public final class RandomLoad {

  private static final int[] MASKS = {
    Gfp.GFP_KERNEL,
    Gfp.GFP_KERNEL | Gfp.COMP,
    Gfp.GFP_HIGHUSER_MOVABLE,
    Gfp.GFP_ATOMIC,
    Gfp.GFP_NOWAIT,
    Gfp.GFP_KERNEL | Gfp.RECLAIMABLE,
    Gfp.GFP_KERNEL | Gfp.DMA,
    Gfp.GFP_KERNEL | Gfp.THISNODE,
    Gfp.GFP_ATOMIC | Gfp.MEMALLOC,
    Gfp.GFP_TRANSHUGE,
  };

  private static final PageUse[] USES = PageUse.values();

  private record Held(long pfn, long sequence, int order) {}

  private final MachineSession session;
  private final Housekeeping housekeeping;
  private final HeldPages pages;
  private final Random random;
  private final List<Held> held = new ArrayList<>();
  private final List<String> answers = new ArrayList<>();
  private final int cpus;
  private final int nodes;
  private final int maxOrder;

  public RandomLoad(SimulatedMachine machine, long seed) {
    PhysicalMemory memory = machine.memory();
    this.session = new MachineSession(machine, false);
    this.housekeeping = new Housekeeping(machine);
    this.pages = new HeldPages(machine, false);
    this.random = new Random(seed);
    this.cpus = memory.cpus();
    this.nodes = memory.nodes().size();
    this.maxOrder = memory.geometry().maxOrder();
  }

  /** The same client, holding the same blocks, with new choices, on another machine. */
  public RandomLoad goOnWith(SimulatedMachine machine, long seed) {
    RandomLoad twin = new RandomLoad(machine, seed);
    twin.held.addAll(held);
    return twin;
  }

  /** What every request was answered. */
  public List<String> answers() {
    return answers;
  }

  /** Pages that this client holds. */
  public long pagesHeld() {
    return held.stream().mapToLong(h -> 1L << h.order()).sum();
  }

  public RandomLoad run(int requests) {
    for (int i = 0; i < requests; i++) {
      request();
    }
    return this;
  }

  /** Takes all memory that requests without reserves get, and gives a little back. */
  public RandomLoad exhaust() {
    int gfp = Gfp.GFP_KERNEL | Gfp.NORETRY;
    for (int order = maxOrder; order >= 0; order -= 2) {
      long pfn = 0;
      while (pfn >= 0) {
        pfn = session.allocate(Call.ALLOC_PAGES, gfp, order, 0, 0, 0, PageUse.KERNEL);
        if (pfn >= 0) {
          held.add(new Held(pfn, session.sequence(), order));
        }
      }
    }
    for (int i = 0; i < 20; i++) {
      free();
    }
    return this;
  }

  public void freeAll() {
    while (!held.isEmpty()) {
      free();
    }
  }

  private void request() {
    int cpu = random.nextInt(cpus);
    int what = random.nextInt(1000);
    if (what < 550) {
      allocate(cpu);
    } else if (what < 960) {
      free();
    } else if (what < 970) {
      bulk(cpu);
    } else if (what < 980) {
      exact(cpu);
    } else if (what < 985) {
      split();
    } else if (what < 988) {
      housekeeping.drain(cpu);
    } else if (what < 992) {
      housekeeping.vmstatTick(cpu);
    } else if (what < 996) {
      housekeeping.tick(1, MachineSession.ANY);
    } else if (what < 998) {
      use();
    } else {
      boolean moved = housekeeping.unreserveHighatomic(Gfp.GFP_KERNEL, node(), what % 2 == 0, cpu);
      answers.add("unreserve " + moved);
    }
  }

  private int node() {
    return random.nextInt(nodes);
  }

  private int order() {
    int dice = random.nextInt(100);
    return dice < 70 ? 0 : dice < 90 ? random.nextInt(4) : random.nextInt(maxOrder + 1);
  }

  private void allocate(int cpu) {
    int gfp = MASKS[random.nextInt(MASKS.length)];
    int order = order();
    PageUse use = (gfp & Gfp.MOVABLE) != 0 ? USES[2 + random.nextInt(2)] : USES[random.nextInt(2)];
    int owner = session.machine().owner("owner-" + random.nextInt(5));
    long pfn = session.allocate(Call.ALLOC_PAGES, gfp, order, node(), cpu, owner, use);
    answers.add("alloc " + pfn);
    if (pfn >= 0) {
      held.add(new Held(pfn, session.sequence(), order));
    }
  }

  private void bulk(int cpu) {
    long[] pfns = new long[1 + random.nextInt(100)];
    long got = session.allocateBulk(Gfp.GFP_KERNEL, pfns, node(), cpu, 0, PageUse.KERNEL, false);
    for (int i = 0; i < got; i++) {
      answers.add("bulk " + pfns[i]);
      held.add(new Held(pfns[i], session.sequence(i), 0));
    }
  }

  private void exact(int cpu) {
    int shift = session.machine().memory().geometry().pageShift();
    int pages = 1 + random.nextInt(1 << Math.min(maxOrder, 6));
    long bytes = (long) pages << shift;
    long pfn =
        session.allocate(
            Call.ALLOC_PAGES_EXACT, Gfp.GFP_KERNEL, bytes, node(), cpu, 0, PageUse.SLAB);
    answers.add("exact " + pfn);
    if (pfn >= 0) {
      held.add(new Held(pfn, session.sequence(), session.order()));
    }
  }

  private void split() {
    if (held.isEmpty()) {
      return;
    }
    Held block = held.remove(random.nextInt(held.size()));
    try {
      int pages = session.split(block.pfn(), MachineSession.ANY, block.sequence());
      for (int i = 0; i < pages; i++) {
        held.add(new Held(block.pfn() + i, session.sequence(i), 0));
      }
      answers.add("split " + pages);
    } catch (MachineException e) {
      held.add(block);
      answers.add("split " + e.reason());
    }
  }

  private void free() {
    if (held.isEmpty()) {
      return;
    }
    Held block = held.remove(random.nextInt(held.size()));
    int cpu = random.nextInt(cpus);
    try {
      session.free(block.pfn(), MachineSession.ANY, block.sequence(), cpu);
      answers.add("free " + block.pfn());
    } catch (MachineException e) { // moved, or taken by reclaim
      answers.add("free " + e.kind() + " " + pages.free(block.sequence(), cpu));
    }
  }

  /** Uses pages, or brings them back. */
  private void use() {
    if (held.isEmpty()) {
      return;
    }
    long sequence = held.get(random.nextInt(held.size())).sequence();
    try {
      if (random.nextBoolean()) {
        answers.add("touch " + pages.touch(sequence, random.nextBoolean()).state());
      } else {
        answers.add("fault " + pages.fault(sequence, null).brought());
      }
    } catch (MachineException e) {
      answers.add("use " + e.reason());
    }
  }
}
