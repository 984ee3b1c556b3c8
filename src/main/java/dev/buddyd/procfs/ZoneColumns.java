package dev.buddyd.procfs;

import dev.buddyd.mm.gfp.ZoneKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which kinds of zone a kernel was built with, when only some of them are printed. The columns of
 * {@code lowmem_reserve[]} tell how many there are; what stands in them tells where the printed
 * ones lie: a zone keeps nothing from itself and those below, and something from the next one with
 * memory on (Z-31).
 */
public final class ZoneColumns {

  /**
   * The reserve of a zone that is printed.
   *
   * @param reserve by zone index
   */
  public record Printed(int node, ZoneKind kind, List<Long> reserve) {

    public Printed {
      reserve = List.copyOf(reserve);
    }
  }

  private final List<Printed> printed;
  private final int columns;

  /**
   * @param columns number of kinds
   */
  public ZoneColumns(List<Printed> printed, int columns) {
    this.printed = List.copyOf(printed);
    this.columns = columns;
  }

  /**
   * The kinds in index order.
   *
   * @param certain kinds that there are
   * @param likely others that may make up the number, the likeliest first
   * @return null if the number cannot be reached
   */
  public @Nullable List<ZoneKind> fit(Set<ZoneKind> certain, List<ZoneKind> likely) {
    List<ZoneKind> others = likely.stream().filter(kind -> !certain.contains(kind)).toList();
    List<List<ZoneKind>> candidates = new ArrayList<>();
    choose(others, 0, EnumSet.copyOf(certain), candidates);
    for (List<ZoneKind> kinds : candidates) {
      if (agrees(kinds) && populated(kinds)) {
        return kinds;
      }
    }
    for (List<ZoneKind> kinds : candidates) {
      if (agrees(kinds)) {
        return kinds;
      }
    }
    return candidates.isEmpty() ? null : candidates.getFirst();
  }

  private void choose(
      List<ZoneKind> others, int from, Set<ZoneKind> kinds, List<List<ZoneKind>> found) {
    if (kinds.size() == columns) {
      found.add(List.copyOf(kinds)); // an EnumSet iterates in index order
      return;
    }
    for (int i = from; i < others.size(); i++) {
      Set<ZoneKind> more = EnumSet.copyOf(kinds);
      more.add(others.get(i));
      choose(others, i + 1, more, found);
    }
  }

  /** No zone keeps anything from kinds below the next printed one of its node. */
  private boolean agrees(List<ZoneKind> kinds) {
    for (Printed zone : printed) {
      int next = next(zone, kinds);
      int end = next < 0 ? kinds.indexOf(zone.kind()) + 1 : next;
      for (int i = 0; i < Math.min(end, zone.reserve().size()); i++) {
        if (zone.reserve().get(i) != 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether the first kind that something is kept from is one that usually has memory. */
  private boolean populated(List<ZoneKind> kinds) {
    for (Printed zone : printed) {
      for (int i = 0; i < Math.min(zone.reserve().size(), kinds.size()); i++) {
        if (zone.reserve().get(i) != 0) {
          ZoneKind kind = kinds.get(i);
          boolean seldom = kind == ZoneKind.MOVABLE || kind == ZoneKind.DEVICE;
          if (seldom && printed.stream().noneMatch(other -> other.kind() == kind)) {
            return false;
          }
          break;
        }
      }
    }
    return true;
  }

  /** Index of the next printed zone of the same node, or -1. */
  private int next(Printed zone, List<ZoneKind> kinds) {
    int own = kinds.indexOf(zone.kind());
    int best = -1;
    for (Printed other : printed) {
      int index = kinds.indexOf(other.kind());
      if (other.node() == zone.node() && index > own && (best < 0 || index < best)) {
        best = index;
      }
    }
    return best;
  }
}
