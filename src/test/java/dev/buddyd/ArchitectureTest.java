package dev.buddyd;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The plan of the house: which room may know which. A new room fails here until it has a place in
 * {@link #ROOMS} or {@link #MM_ROOMS}.
 */
@AnalyzeClasses(packages = "dev.buddyd", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String BASE = "dev.buddyd";
  private static final String MM = BASE + ".mm";

  /** api, metrics → machine, replay, diagnosis, procfs → mm. */
  private static final Map<String, Set<String>> ROOMS =
      Map.of(
          "mm", Set.of(),
          "input", Set.of(),
          "explain", Set.of("mm", "machine"),
          "machine", Set.of("mm", "input"),
          "procfs", Set.of("mm", "machine"),
          "replay", Set.of("mm", "input", "machine", "procfs"),
          "diagnosis", Set.of("mm", "machine", "procfs", "replay"),
          "config", Set.of("mm", "machine"),
          "metrics", Set.of("mm", "machine", "procfs", "replay", "diagnosis", "config"),
          "api",
              Set.of(
                  "mm", "input", "machine", "explain", "procfs", "replay", "diagnosis", "config"));

  /**
   * Inside mm: alloc, reclaim → zone → buddy, pcp → frame → trace → gfp. Locks know nothing, boot
   * builds it all.
   */
  private static final Map<String, Set<String>> MM_ROOMS =
      Map.of(
          "lock", Set.of(),
          "gfp", Set.of(),
          "trace", Set.of("gfp"),
          "frame", Set.of("lock", "gfp", "trace"),
          "buddy", Set.of("lock", "gfp", "trace", "frame"),
          "pcp", Set.of("lock", "gfp", "trace", "frame"),
          "zone", Set.of("lock", "gfp", "trace", "frame", "buddy", "pcp"),
          "reclaim", Set.of("lock", "gfp", "trace", "frame", "buddy", "pcp", "zone"),
          "alloc", Set.of("lock", "gfp", "trace", "frame", "buddy", "pcp", "zone", "reclaim"),
          "boot",
              Set.of("lock", "gfp", "trace", "frame", "buddy", "pcp", "zone", "reclaim", "alloc"));

  @ArchTest
  static void roomsKnowOnlyWhatLiesBelowThem(JavaClasses classes) {
    arrows(BASE, ROOMS).forEach(rule -> rule.check(classes));
  }

  @ArchTest
  static void roomsOfTheMemoryManagerKnowOnlyWhatLiesBelowThem(JavaClasses classes) {
    arrows(MM, MM_ROOMS).forEach(rule -> rule.check(classes));
  }

  @ArchTest
  static void everyRoomHasAPlaceInThePlan(JavaClasses classes) {
    assertThat(roomsIn(BASE, classes)).isSubsetOf(ROOMS.keySet());
    assertThat(roomsIn(MM, classes)).isSubsetOf(MM_ROOMS.keySet());
  }

  @ArchTest
  static final ArchRule packagesHaveNoCircles =
      slices().matching("dev.buddyd.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule memoryManagerIsPlainJava =
      classes()
          .that()
          .resideInAPackage(MM + "..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  MM + "..",
                  "java.lang..",
                  "java.math",
                  "java.util",
                  "java.util.concurrent..",
                  "java.util.function",
                  "java.util.random",
                  "java.util.regex",
                  "java.util.stream",
                  "org.jspecify.annotations",
                  "com.google.errorprone.annotations.."))
          .allowEmptyShould(true)
          .because("mm knows no Spring, JSON, logging, files, network or calendar");

  @ArchTest
  static final ArchRule clocksAndThreadsDecideNothingInTheMemoryManager =
      noClasses()
          .that()
          .resideInAPackage(MM + "..")
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "identityHashCode", Object.class)
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .callMethod(Thread.class, "threadId")
          .orShould()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err")
          .allowEmptyShould(true)
          .because("the same calls in the same order give the same bytes");

  @ArchTest
  static final ArchRule memoryManagerHasNoGlobalState =
      fields()
          .that()
          .areDeclaredInClassesThat()
          .resideInAPackage(MM + "..")
          .and()
          .areStatic()
          .should()
          .beFinal()
          .allowEmptyShould(true)
          .because("several machines live in one process");

  /** One rule per room: of all rooms it depends on those only that the plan gives it. */
  private static Set<ArchRule> arrows(String parent, Map<String, Set<String>> rooms) {
    return rooms.entrySet().stream()
        .map(
            room -> {
              DescribedPredicate<JavaClass> allowed = resideOutsideOfPackage(parent + ".*..");
              allowed = allowed.or(resideInAPackage(parent + "." + room.getKey() + ".."));
              for (String below : room.getValue()) {
                allowed = allowed.or(resideInAPackage(parent + "." + below + ".."));
              }
              return classes()
                  .that()
                  .resideInAPackage(parent + "." + room.getKey() + "..")
                  .should()
                  .onlyDependOnClassesThat(
                      describe(
                          "are in " + room.getKey() + " or one of " + room.getValue(), allowed))
                  .allowEmptyShould(true);
            })
        .collect(toCollection(LinkedHashSet::new));
  }

  private static Set<String> roomsIn(String parent, JavaClasses classes) {
    return classes.stream()
        .map(JavaClass::getPackageName)
        .filter(name -> name.startsWith(parent + "."))
        .map(name -> name.substring(parent.length() + 1).replaceFirst("\\..*", ""))
        .collect(toCollection(TreeSet::new));
  }
}
