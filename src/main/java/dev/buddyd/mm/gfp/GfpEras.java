package dev.buddyd.mm.gfp;

import dev.buddyd.mm.gfp.GfpReading.Certainty;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Reads masks of other kernels than 6.12, whose numbers moved several times (G-51 to G-57). */
public final class GfpEras {

  private GfpEras() {}

  /** Finds the kernel whose numbers explain what a report printed (G-57); never fails. */
  public static GfpReading infer(GfpEvidence evidence) {
    String text = Optional.ofNullable(evidence.names()).orElse("");
    PrintedNames names = PrintedNames.of(text);
    return stated(evidence, names)
        .or(() -> matched(evidence, names))
        .or(() -> named(evidence, names))
        .orElseGet(() -> guessed(evidence));
  }

  /** G-57.1: the report tells its kernel; believed unless number and names contradict it. */
  private static Optional<GfpReading> stated(GfpEvidence evidence, PrintedNames names) {
    KernelVersion version = evidence.version();
    if (version == null) {
      return Optional.empty();
    }
    for (Set<BuildOption> built : GfpCandidate.BUILDS) {
      GfpLayout layout = GfpLayout.of(version, built);
      OptionalInt number = numberIn(layout, evidence, names);
      if (number.isPresent()) {
        return Optional.of(
            new GfpReading(
                new DecodedMask(number.getAsInt(), layout),
                Set.of(layout.era()),
                Certainty.STATED,
                names.unknown(),
                "The report tells its kernel, %s.".formatted(version)));
      }
    }
    return Optional.empty();
  }

  /** The number of the evidence if it makes sense in this layout. */
  private static OptionalInt numberIn(GfpLayout layout, GfpEvidence evidence, PrintedNames names) {
    Integer number = evidence.number();
    if (number == null) {
      return names.in(layout);
    }
    boolean fits = evidence.names() == null || names.match(number, layout);
    return fits ? OptionalInt.of(number) : OptionalInt.empty();
  }

  /** G-57.2: number and names together. */
  private static Optional<GfpReading> matched(GfpEvidence evidence, PrintedNames names) {
    Integer number = evidence.number();
    if (number == null || evidence.names() == null) {
      return Optional.empty();
    }
    List<GfpCandidate> fitting =
        candidates(evidence, candidate -> names.match(number, candidate.layout()));
    return fitting.stream()
        .findFirst()
        .map(
            newest ->
                new GfpReading(
                    new DecodedMask(number, newest.layout()),
                    eras(fitting),
                    Certainty.MATCHED,
                    names.unknown(),
                    "Number and names agree in kernels %s.".formatted(releases(eras(fitting)))));
  }

  /** G-57.3, G-43: the names alone, or names that no kernel prints for this number. */
  private static Optional<GfpReading> named(GfpEvidence evidence, PrintedNames names) {
    if (evidence.names() == null) {
      return Optional.empty();
    }
    List<GfpCandidate> fitting =
        candidates(evidence, candidate -> names.in(candidate.layout()).isPresent());
    GfpLayout layout = fitting.isEmpty() ? GfpLayout.REFERENCE : fitting.getFirst().layout();
    Set<GfpEra> eras = fitting.isEmpty() ? Set.of(layout.era()) : eras(fitting);
    return Optional.of(
        new GfpReading(
            new DecodedMask(mask(names, layout), layout),
            eras,
            Certainty.NAMED,
            names.unknown(),
            (evidence.number() == null ? "" : "The number does not go with the names. ")
                + (fitting.isEmpty()
                    ? "No kernel has all these names; they are read in 6.12 terms."
                    : "Kernels %s have these names.".formatted(releases(eras)))));
  }

  /** Names that never existed together are put into the layout's own terms (G-50). */
  private static int mask(PrintedNames names, GfpLayout layout) {
    int known =
        names.known().isEmpty() ? 0 : layout.parse(String.join("|", names.known())).number();
    return known | names.rest();
  }

  /** G-57.4: the number alone. */
  private static GfpReading guessed(GfpEvidence evidence) {
    int number = Optional.ofNullable(evidence.number()).orElseThrow();
    Set<GfpEra> eras = NumberShape.eras(number, GfpCandidate.erasThatPrint(evidence.hints()));
    GfpEra newest = Collections.max(eras);
    GfpLayout layout =
        candidates(evidence, candidate -> candidate.era() == newest && candidate.plain()).stream()
            .map(GfpCandidate::layout)
            .min(Comparator.comparingInt(known -> Integer.bitCount(known.unknownBits(number))))
            .orElseThrow();
    return new GfpReading(
        new DecodedMask(number, layout),
        eras,
        Certainty.GUESSED,
        List.of(),
        "A guess from the number alone: it looks like kernels %s.".formatted(releases(eras)));
  }

  /** G-57.5: the shape of the report chooses among the fitting kernels, if it leaves any. */
  private static List<GfpCandidate> candidates(GfpEvidence evidence, Predicate<GfpCandidate> fits) {
    List<GfpCandidate> fitting = GfpCandidate.NEWEST_FIRST.stream().filter(fits).toList();
    List<GfpCandidate> likely =
        fitting.stream().filter(candidate -> candidate.prints(evidence.hints())).toList();
    return likely.isEmpty() ? fitting : likely;
  }

  private static Set<GfpEra> eras(List<GfpCandidate> candidates) {
    return candidates.stream()
        .map(GfpCandidate::era)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(GfpEra.class)));
  }

  private static String releases(Set<GfpEra> eras) {
    return EnumSet.copyOf(eras).stream().map(GfpEra::releases).collect(Collectors.joining(", "));
  }
}
