package dev.buddyd.machine.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.buddyd.machine.MachineException;
import dev.buddyd.machine.MachineException.Kind;
import dev.buddyd.machine.MachineSession;
import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.machine.PageUse;
import dev.buddyd.machine.RandomLoad;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.machine.TestMachines;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.Gfp;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InvalidSnapshotTest {

  private static final String SOUND = sound();

  private static String sound() {
    SimulatedMachine machine = TestMachines.preset("tiny");
    new RandomLoad(machine, 12).run(400);
    MachineSession session = new MachineSession(machine, false);
    int any = MachineSession.ANY;
    session.allocate(Call.ALLOC_PAGES_EXACT, Gfp.GFP_KERNEL, 20_000, any, any, 1, PageUse.KERNEL);
    return Snapshot.of(machine);
  }

  private static MachineException refusal(String text) {
    return refusal(text.getBytes(StandardCharsets.UTF_8), SectionBudget.unlimited());
  }

  private static MachineException refusal(byte[] bytes, SectionBudget budget) {
    long before = budget.remainingBytes();
    MachineException e =
        catchThrowableOfType(MachineException.class, () -> Snapshot.read(bytes, budget));
    assertThat(e).isNotNull();
    assertThat(budget.remainingBytes()).as("what it took is given back").isEqualTo(before);
    return e;
  }

  /** The sound snapshot with the first match of a pattern replaced. */
  private static String with(String pattern, String replacement) {
    String changed = Pattern.compile(pattern).matcher(SOUND).replaceFirst(replacement);
    assertThat(changed).as("pattern " + pattern).isNotEqualTo(SOUND);
    return changed;
  }

  private static int lineOf(String text, String part) {
    return (int) text.substring(0, text.indexOf(part)).lines().count();
  }

  @Test
  void theUnchangedSnapshotIsSound() {
    assertThat(Snapshot.read(SOUND).name()).isEqualTo("tiny");
  }

  @Test
  void newerVersionIsNamed() {
    MachineException e = refusal(with("buddyd-snapshot/1", "buddyd-snapshot/2"));

    assertThat(e.kind()).isEqualTo(Kind.INVALID_SNAPSHOT);
    assertThat(e.reason()).contains("buddyd-snapshot/2", "reads buddyd-snapshot/1");
    assertThat(e.details()).containsEntry("field", "format").containsEntry("line", 2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // what to find | what to put there | field named | what is said
        "\"time_us\":\\d+ | \"time_us\":-1 | time_us | must be 0 to",
        "\"time_us\":\\d+ | \"time_us\":\"now\" | time_us | must be a whole number",
        "\"time_us\":\\d+ | \"time_us\":99999999999999999999 | time_us | must be a whole number",
        "\"sequence\": | \"sequences\": | sequences | must be 'sequence'",
        "\"sequence\":\\d+ | \"sequence\":1 | zones[0] | must be 0 to 1",
        "\"page_shift\":12 | \"page_shift\":20 | geometry.page_shift | must be 12 to 16",
        "\"zone_types\":\\[\"DMA\" | \"zone_types\":[\"Dma\" | geometry.zone_types[0] | is no zone"
            + " type",
        "\"swappiness\":60 | \"swappiness\":600 | sysctls.swappiness | must be 0 to 200",
        "\"owner-1\" | \"owner-0\" | owners | different names",
        "\"cpus\":\\[0\\] | \"cpus\":[1] | nodes[0].cpus[0] | is on node 1",
        "\"cpus\":\\[0\\] | \"cpus\":[] | cpus | a machine has a CPU",
        "\"zonelist\":\\[\\[0,1\\] | \"zonelist\":[[0,2] |  | has no memory",
        "\"zonelist\":\\[\\[0,1\\] | \"zonelist\":[[0,0] |  | appears twice",
        "\"index\":0 | \"index\":1 | zones[0].index | must be 0",
        "\"managed_pages\":\\d+ | \"managed_pages\":7 |  | managed pages",
        "\"watermarks\":\\[\\d+ | \"watermarks\":[900000 | zones[0].watermarks[1] | must be 900000",
        "\"flags\":\\d | \"flags\":8 | zones[0].flags | must be 0 to 7",
        "\"free_counter\":\\d+ | \"free_counter\":1 | zones[0].free_lists | free_counter",
        "\"remainders\":\\[ | \"remainders\":[1, | zones[0].remainders[1] | element too many",
        "\"reserved_highatomic_pages\":\\d+ | \"reserved_highatomic_pages\":512 |  | HIGHATOMIC",
        "\"pageblocks\":\\[\\[\\d,\\d+\\] | \"pageblocks\":[[9,1] | zones[0].pageblocks[0][0] |"
            + " must be 0",
        "\"pageblocks\":\\[\\[\\d,\\d+\\] | \"pageblocks\":[[0,99] | zones[0].pageblocks[0][1] |"
            + " must be 1",
        "\"high\":\\d+,\"alloc | \"high\":-5,\"alloc | zones[0].sets[0].high | must be 0",
        "\"count\":\\d+ | \"count\":3 | zones[0].sets[0].lists | but count is 3",
      })
  void contradictionsAreNamedByLineAndField(
      String pattern, String replacement, String field, String sentence) {
    String changed = with(pattern, replacement.replace("\\", "\\\\"));
    MachineException e = refusal(changed);

    assertThat(e.kind()).isEqualTo(Kind.INVALID_SNAPSHOT);
    assertThat(e.reason()).contains(sentence);
    assertThat(e.details().get("field").toString()).startsWith(field == null ? "" : field);
    assertThat((int) e.details().get("line")).isPositive();
  }

  /** A snapshot whose first free list of an order has another first pfn. */
  private static String freePfn(int order, String pfn) {
    return with("(\"order\":" + order + ",\"type\":\\d,\"pfns\":\\[)\\d+", "$1" + pfn);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5 | 4503599627370496 | outside of the zone",
        "5 | 4503599627370497 | must be 0 to",
        "5 | 257 | is not aligned",
        "5 | 32 | covers a reserved frame",
        "5 | 16384 | outside of the zone",
      })
  void freeBlocksWhereNoneCanBeAreRefused(int order, String pfn, String sentence) {
    MachineException e = refusal(freePfn(order, pfn));

    assertThat(e.kind()).isEqualTo(Kind.INVALID_SNAPSHOT);
    assertThat(e.reason()).contains(sentence);
    assertThat(e.details().get("field").toString()).contains("free_lists[").contains(".pfns[0]");
  }

  @Test
  void aBlockOnTwoListsIsRefused() {
    String list = "\"pfns\":[";
    int at = SOUND.indexOf(list, SOUND.indexOf("\"free_lists\"")) + list.length();
    String pfn = SOUND.substring(at).replaceFirst("(?s)[^0-9].*", "");
    String twice = SOUND.substring(0, at) + pfn + "," + SOUND.substring(at);

    MachineException e = refusal(twice);

    assertThat(e.reason()).contains("overlaps the block at pfn " + pfn);
    assertThat(e.details()).containsEntry("line", lineOf(twice, pfn + "," + pfn));
  }

  @Test
  void aBlockOnTheListOfAnotherTypeIsRefused() {
    MachineException e = refusal(with("(\"order\":10,\"type\":)1", "$10"));

    assertThat(e.reason()).contains("on a list of type 0, but its pageblock is of type 1");
  }

  @Test
  void aHeldBlockThatIsFreeAtTheSameTimeIsRefused() {
    String free =
        Pattern.compile("\"order\":10,\"type\":1,\"pfns\":\\[(\\d+)")
            .matcher(SOUND)
            .results()
            .findFirst()
            .orElseThrow()
            .group(1);
    MachineException e = refusal(with("(\"blocks\":\\[\\s*\\[)\\d+,\\d+", "$1" + free + ",0"));

    assertThat(e.reason()).contains("overlaps the block at pfn " + free);
    assertThat(e.details().get("field").toString()).contains("blocks[0]");
  }

  @Test
  void aBlockThatIsMissingIsNoticed() {
    String without = with("(\"blocks\":\\[\\s*)\\[[-\\d,]+\\],", "$1");

    MachineException e = refusal(without);

    assertThat(e.reason()).contains("contradicts itself").containsPattern("Z-5|managed");
  }

  @Test
  void anExactAllocationThatReachesIntoAnotherBlockIsRefused() {
    MachineException e = refusal(with("(\"exact\":\\[\\s*\\[\\d+,)\\d+", "$1600"));

    assertThat(e.kind()).isEqualTo(Kind.INVALID_SNAPSHOT);
    assertThat(e.details().get("field").toString()).contains("exact[0]");
  }

  @Test
  void textIsRefusedWhereverItEnds() {
    Random random = new Random(5);
    for (int i = 0; i < 200; i++) {
      String cut = SOUND.substring(0, random.nextInt(SOUND.length() - 3));
      assertThat(refusal(cut).kind()).isEqualTo(Kind.INVALID_SNAPSHOT);
    }
    assertThat(refusal(SOUND + "{}").reason()).contains("follows");
  }

  @Test
  void gzipIsRefusedWhereverItEnds() {
    byte[] file = Snapshot.gzip(SOUND.getBytes(StandardCharsets.UTF_8));
    Random random = new Random(6);
    for (int i = 0; i < 200; i++) {
      byte[] cut = Arrays.copyOf(file, random.nextInt(file.length - 1));
      assertThat(refusal(cut, SectionBudget.unlimited()).kind()).isEqualTo(Kind.INVALID_SNAPSHOT);
    }
  }

  @Test
  void damagedGzipIsRefusedOrGivesTheSameMachine() {
    byte[] file = Snapshot.gzip(SOUND.getBytes(StandardCharsets.UTF_8));
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 100; i++) {
      byte[] damaged = file.clone();
      damaged[10 + random.nextInt(file.length - 10)] ^= (byte) (1 << random.nextInt(8));
      MachineException e =
          catchThrowableOfType(
              MachineException.class, () -> Snapshot.read(damaged, SectionBudget.unlimited()));
      refused += e == null ? 0 : 1;
    }
    assertThat(refused).isGreaterThan(95);
  }

  /** Whatever number is put wherever one was: refused with a place, or a sound machine. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, 511, 4096, Integer.MAX_VALUE, 1L << 40, Long.MAX_VALUE})
  void anyNumberAnywhereIsRefusedOrMakesASoundMachine(long number) {
    Random random = new Random(number);
    var places = Pattern.compile("-?\\d+(?=[,\\]}])").matcher(SOUND).results().toList();
    for (int i = 0; i < 60; i++) {
      var place = places.get(random.nextInt(places.size()));
      String changed = SOUND.substring(0, place.start()) + number + SOUND.substring(place.end());
      try {
        TestMachines.assertSound(Snapshot.read(changed).memory());
      } catch (MachineException e) {
        assertThat(e.kind()).isIn(Kind.INVALID_SNAPSHOT, Kind.TOO_LARGE);
        assertThat(e.reason()).isNotBlank();
      }
    }
  }

  @Test
  void gzipBombIsCountedWhileInflating() {
    String text = SOUND.replaceFirst("\\{", "{" + " ".repeat(3 << 20));
    byte[] bomb = Snapshot.gzip(text.getBytes(StandardCharsets.UTF_8));
    var limits = new Snapshots.Limits(1 << 20, 2 << 20, 100, 64, 512);

    MachineException e =
        catchThrowableOfType(
            MachineException.class,
            () ->
                Snapshots.read(new ByteArrayInputStream(bomb), SectionBudget.unlimited(), limits));

    assertThat(bomb.length).isLessThan(1 << 20);
    assertThat(e.kind()).isEqualTo(Kind.TOO_LARGE);
    assertThat(e.details())
        .containsEntry("limit_name", "buddyd.limits.upload-inflated")
        .containsEntry("limit", 2L << 20);
  }

  @Test
  void moreBytesThanTheLimitAreRefused() {
    byte[] bytes = " ".repeat(2 << 20).getBytes(StandardCharsets.UTF_8);
    var limits = new Snapshots.Limits(1 << 20, 1 << 30, 100, 64, 512);

    MachineException e =
        catchThrowableOfType(
            MachineException.class,
            () ->
                Snapshots.read(new ByteArrayInputStream(bytes), SectionBudget.unlimited(), limits));

    assertThat(e.kind()).isEqualTo(Kind.TOO_LARGE);
    assertThat(e.details()).containsEntry("limit_name", "buddyd.limits.upload-body");
  }

  @Test
  void machineThatDoesNotFitIntoTheBudgetIsRefused() {
    byte[] bytes = SOUND.getBytes(StandardCharsets.UTF_8);
    for (long budget = 0; budget < 1_000_000; budget += 10_000) {
      SectionBudget small = new SectionBudget(budget);
      MachineException e =
          catchThrowableOfType(MachineException.class, () -> Snapshot.read(bytes, small));
      if (e == null) {
        assertThat(budget).isGreaterThan(100_000);
        return;
      }
      assertThat(e.kind()).isEqualTo(Kind.TOO_LARGE);
      assertThat(small.remainingBytes()).isEqualTo(budget);
    }
    throw new AssertionError("a tiny machine fits into a megabyte");
  }
}
