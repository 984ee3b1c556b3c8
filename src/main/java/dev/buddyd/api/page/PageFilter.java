package dev.buddyd.api.page;

import dev.buddyd.api.problem.NearestName;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.machine.Allocation;
import dev.buddyd.machine.MachineException;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.gfp.GfpMask;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which allocations a listing shows; null accepts anything. A filter by something the machine does
 * not have is a mistake, not an empty list.
 */
record PageFilter(
    @Nullable String zone,
    @Nullable Integer node,
    @Nullable String owner,
    @Nullable Integer order,
    @Nullable Integer gfp,
    @Nullable String migratetype) {

  static PageFilter of(
      SimulatedMachine machine,
      @Nullable String zone,
      @Nullable Integer node,
      @Nullable String owner,
      @Nullable Integer order,
      @Nullable String gfp,
      @Nullable String migratetype) {
    if (node != null) {
      machine.requireNode(node);
    }
    if (zone != null) {
      machine.requireZone(zone);
    }
    if (order != null && (order < 0 || order > machine.memory().geometry().maxOrder())) {
      throw new MachineException(
          MachineException.Kind.INVALID_ORDER,
          "order %d is not within 0..%d".formatted(order, machine.memory().geometry().maxOrder()));
    }
    if (migratetype != null) {
      List<String> types = MigrateType.names(machine.memory().geometry().cmaBuilt());
      if (!types.contains(migratetype)) {
        throw ProblemException.invalid(
                "migratetype",
                "migratetype is one of %s, not '%.100s'"
                    .formatted(String.join(", ", types), migratetype))
            .with("nearest", NearestName.to(migratetype, types));
      }
    }
    Integer mask = gfp == null ? null : Integer.valueOf(GfpMask.parse(gfp).bits());
    return new PageFilter(zone, node, owner, order, mask, migratetype);
  }

  boolean accepts(Allocation a) {
    return (zone == null || zone.equals(a.zone()))
        && (node == null || node == a.node())
        && (owner == null || owner.equals(a.owner()))
        && (order == null || order == a.order())
        && (gfp == null || gfp == a.gfp())
        && (migratetype == null || migratetype.equals(a.migratetype()));
  }
}
