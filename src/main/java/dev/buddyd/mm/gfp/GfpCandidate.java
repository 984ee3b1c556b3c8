package dev.buddyd.mm.gfp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One of the kernels that a report may come from: a run of releases with equal numbers, and a set
 * of build options.
 */
record GfpCandidate(GfpLayout layout, VersionRange run) {

  static final List<Set<BuildOption>> BUILDS =
      List.of(
          BuildOption.DISTRIBUTION,
          EnumSet.of(BuildOption.OBJ_EXT, BuildOption.TAG_KASAN),
          EnumSet.of(BuildOption.OBJ_EXT, BuildOption.LOCKDEP),
          EnumSet.of(BuildOption.OBJ_EXT, BuildOption.TAG_KASAN, BuildOption.LOCKDEP));

  /** All of them, the newest release first; with equal releases the plainest build first. */
  static final List<GfpCandidate> NEWEST_FIRST = newestFirst();

  private static final Set<String> NAMES =
      NEWEST_FIRST.stream()
          .flatMap(candidate -> candidate.layout.names().stream())
          .collect(Collectors.toUnmodifiableSet());

  private static List<GfpCandidate> newestFirst() {
    List<GfpCandidate> all = new ArrayList<>();
    KernelVersion before = null;
    for (KernelVersion from : GfpLayout.turningPoints().reversed()) {
      VersionRange run = new VersionRange(from, before);
      BUILDS.forEach(built -> all.add(new GfpCandidate(GfpLayout.of(from, built), run)));
      before = from;
    }
    return List.copyOf(all);
  }

  /** Whether any kernel has a flag or compound mask of this name. */
  static boolean knowsSomewhere(String name) {
    return NAMES.contains(name);
  }

  GfpEra era() {
    return layout.era();
  }

  /** Whether this is a kernel without optional debugging. */
  boolean plain() {
    return layout.options().equals(BuildOption.DISTRIBUTION);
  }

  /** G-57.5: whether such a kernel prints reports of these shapes. */
  boolean prints(Set<ReportHint> hints) {
    return hints.stream().allMatch(hint -> run.overlaps(hint.releases()));
  }

  /** The eras that print reports of these shapes; all eras if the shapes contradict each other. */
  static Set<GfpEra> erasThatPrint(Set<ReportHint> hints) {
    Set<GfpEra> eras =
        Arrays.stream(GfpEra.values())
            .filter(era -> hints.stream().allMatch(hint -> era.range().overlaps(hint.releases())))
            .collect(Collectors.toSet());
    return eras.isEmpty() ? EnumSet.allOf(GfpEra.class) : eras;
  }
}
