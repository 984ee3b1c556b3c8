package dev.buddyd.explain;

import dev.buddyd.machine.FrameInfo;
import dev.buddyd.machine.FrameInfo.State;
import dev.buddyd.machine.MachineException;
import dev.buddyd.machine.SimulatedMachine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Why a free block is not larger: its buddy, and its neighbours that look like buddies (B-20). */
public final class NeighbourExplanation {

  private final SimulatedMachine machine;

  public NeighbourExplanation(SimulatedMachine machine) {
    this.machine = machine;
  }

  /** What keeps the block of a frame from being one with what lies beside it. */
  public Explanation explain(FrameInfo frame) {
    List<ExplainedStep> steps = new ArrayList<>();
    Long block = frame.blockPfn();
    Integer order = frame.blockOrder();
    if (block == null || order == null) {
      return new Explanation(
          steps, "pfn %#x belongs to no block: it is %s".formatted(frame.pfn(), word(frame)));
    }
    int maxOrder = machine.memory().geometry().maxOrder();
    Long buddy = frame.buddyPfn();
    if (order == maxOrder) {
      steps.add(
          step(
              "B-20",
              "largest",
              "the block has order %d, the largest there is: it merges with nothing"
                  .formatted(order),
              frame,
              Map.of("order", order)));
    } else if (buddy == null) {
      steps.add(
          step(
              "B-20.3",
              "buddy",
              "the buddy at pfn %#x lies outside of the zone".formatted(block ^ (1L << order)),
              frame,
              Map.of("order", order)));
    } else {
      steps.add(buddy(frame, block, order, buddy));
    }
    steps.addAll(beside(frame));
    return new Explanation(
        steps,
        "pfn %#x is %s, in the block of order %d at pfn %#x"
            .formatted(frame.pfn(), word(frame), order, block));
  }

  /** Free blocks right beside the block of a frame that are not its buddies. */
  public List<ExplainedStep> beside(FrameInfo frame) {
    List<ExplainedStep> steps = new ArrayList<>();
    Long block = frame.blockPfn();
    Integer order = frame.blockOrder();
    if (block != null && order != null) {
      neighbour(frame, block, order, block + (1L << order), steps);
      neighbour(frame, block, order, block - 1, steps);
    }
    return steps;
  }

  private ExplainedStep buddy(FrameInfo frame, long block, int order, long buddyPfn) {
    FrameInfo buddy = machine.describe(buddyPfn);
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("buddy_pfn", buddyPfn);
    values.put("order", order);
    values.put("buddy_state", word(buddy));
    Integer buddyOrder = buddy.blockOrder();
    String why;
    String rule = "B-20.3";
    if (buddy.state() == State.FREE && buddyOrder != null && buddyOrder < order) {
      values.put("buddy_order", buddyOrder);
      why = "is free but split: its order is %d, so the order differs".formatted(buddyOrder);
    } else if (buddy.state() == State.FREE && frame.state() == State.FREE) {
      rule = "B-20.4";
      why =
          "is free with the same order but of type %s: other type above pageblock order"
              .formatted(buddy.blockMigratetype());
    } else if (buddy.state() == State.PCP) {
      why = "is on the list of CPU %d: cached pages do not merge (B-5)".formatted(buddy.cpu());
    } else if (buddy.state() == State.FREE) {
      why = "is free; the block itself is not, so there is nothing to merge";
    } else {
      why = buddy.state() == State.RESERVED ? "is reserved since boot" : "is in use";
    }
    return step(
        rule,
        "buddy",
        "pfn %#x, order %d: the buddy %#x %s".formatted(block, order, buddyPfn, why),
        frame,
        values);
  }

  /** A free block right beside this one that is not its buddy. */
  private void neighbour(
      FrameInfo frame, long block, int order, long pfn, List<ExplainedStep> steps) {
    FrameInfo beside = describe(pfn);
    if (beside == null
        || beside.state() != State.FREE
        || beside.blockPfn() == null
        || beside.blockPfn() == (block ^ (1L << order))) {
      return;
    }
    boolean sameZone =
        Objects.equals(beside.zone(), frame.zone()) && Objects.equals(beside.node(), frame.node());
    long other = beside.blockPfn();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("neighbour_pfn", other);
    values.put("neighbour_order", beside.blockOrder());
    steps.add(
        step(
            "B-20.2",
            "neighbour",
            sameZone
                ? "the free block at pfn %#x and this one are adjacent but not buddies: the buddy of %#x at order %d is %#x"
                    .formatted(other, block, order, block ^ (1L << order))
                : "the free block at pfn %#x lies in another zone".formatted(other),
            frame,
            values));
  }

  private @Nullable FrameInfo describe(long pfn) {
    try {
      return machine.describe(pfn);
    } catch (MachineException e) {
      return null; // beyond the machine
    }
  }

  private static String word(FrameInfo frame) {
    return switch (frame.state()) {
      case FREE -> "free";
      case PCP -> "on a per-CPU list";
      case ALLOCATED -> "allocated";
      case TAIL -> "a tail of an allocated block";
      case RESERVED -> "reserved";
      case HOLE -> "a hole";
    };
  }

  private static ExplainedStep step(
      String rule, String name, String sentence, FrameInfo frame, Map<String, Object> values) {
    return new ExplainedStep(rule, name, sentence, frame.node(), frame.zone(), values);
  }
}
