package dev.buddyd.procfs.host;

import static dev.buddyd.machine.TestMachines.assertSound;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.buddyd.diagnosis.Corpus;
import dev.buddyd.machine.MachineOptions;
import dev.buddyd.machine.RandomLoad;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.machine.TestMachines;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.procfs.BuddyinfoText;
import dev.buddyd.procfs.CarriedCounters;
import dev.buddyd.procfs.PagetypeinfoText;
import dev.buddyd.procfs.ZoneinfoText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostMachineTest {

  private static final String BUDDYINFO =
      """
      Node 0, zone      DMA      0      0      0      0      0      1      1      1      0      1      3
      Node 0, zone   Normal    372     99     21     19     12     56      7      2      1      1      4
      """;

  private static final String ZONEINFO =
      """
      Node 0, zone      DMA
        pages free     3808
              boost    0
              min      190
              low      237
              high     284
              spanned  4095
              present  3998
              managed  3840
              cma      0
              protection: (0, 756, 756)
            nr_free_pages 3808
        pagesets
          cpu: 0
                    count: 0
                    high:  237
                    batch: 1
        vm stats threshold: 2
        node_unreclaimable:  0
        start_pfn:           1
      Node 0, zone   Normal
        pages free     8358
              boost    0
              min      446
              low      557
              high     668
              spanned  65536
              present  61440
              managed  60000
              cma      0
              protection: (0, 0, 0)
            nr_free_pages 8358
        pagesets
          cpu: 0
                    count: 61
                    high:  320
                    batch: 31
        vm stats threshold: 10
        node_unreclaimable:  0
        start_pfn:           4096
      Node 0, zone  Movable
        pages free     0
              min      0
              low      0
              high     0
              spanned  0
              present  0
              managed  0
              protection: (0, 0, 0)
      """;

  private static HostMachine load(String text, long seed) {
    return HostMachine.load(text, seed, null, SectionBudget.unlimited());
  }

  /** Lines that name something the allocator knows, by their place. */
  private static Map<String, String> numbers(PhysicalMemory memory) {
    Map<String, String> numbers = new TreeMap<>();
    String zone = "";
    String cpu = "";
    for (String line : ZoneinfoText.write(memory, CarriedCounters.none()).lines().toList()) {
      List<String> words = Arrays.asList(line.strip().split("\\s+"));
      if (line.startsWith("Node")) {
        zone = line;
        cpu = "";
      } else if (words.getFirst().equals("cpu:")) {
        cpu = line;
      } else if (!words.getFirst().matches("nr_.*|per-node|pagesets|workingset_.*|pg.*")) {
        numbers.put(zone + cpu + words.subList(0, words.size() - 1), words.getLast());
      }
    }
    return numbers;
  }

  private static String texts(PhysicalMemory memory) {
    return BuddyinfoText.write(memory)
        + ZoneinfoText.write(memory, CarriedCounters.none())
        + PagetypeinfoText.write(memory);
  }

  @ParameterizedTest(name = "{0} after {1} requests, seed {2}")
  @CsvSource({
    "tiny, 0, 1",
    "tiny, 400, 2",
    "tiny, 4000, 3",
    "small, 3000, 4",
    "x86_32, 2000, 5",
    "x86_64-numa, 3000, 6",
    "arm64-64k, 2000, 7",
    "arm64, 1000, 8"
  })
  void aMachineReadFromTheTextsOfAnotherPrintsTheSameNumbers(String name, int requests, long seed) {
    SimulatedMachine origin =
        name.equals("small") ? TestMachines.small() : TestMachines.preset(name);
    new RandomLoad(origin, seed).run(requests);
    PhysicalMemory twin = load(texts(origin.memory()), seed).memory();
    assertThat(BuddyinfoText.write(twin)).isEqualTo(BuddyinfoText.write(origin.memory()));
    assertThat(PagetypeinfoText.write(twin)).isEqualTo(PagetypeinfoText.write(origin.memory()));
    assertThat(numbers(twin)).isEqualTo(numbers(origin.memory()));
    assertSound(twin);
  }

  @Test
  void theHostsNumbersAreTheMachines() {
    HostMachine host = load(BUDDYINFO + ZONEINFO, 0);
    assertThat(BuddyinfoText.write(host.memory()).lines().map(String::strip))
        .isEqualTo(BUDDYINFO.lines().map(String::strip).toList());
    assertThat(numbers(host.memory()))
        .containsEntry("Node 0, zone   Normal[pages, free]", "8358")
        .containsEntry("Node 0, zone   Normal[low]", "557")
        .containsEntry("Node 0, zone   Normal    cpu: 0[start_pfn:]", "4096")
        .containsEntry("Node 0, zone      DMA[protection:, (0,, 756,]", "756)")
        .containsEntry("Node 0, zone   Normal    cpu: 0[count:]", "61")
        .containsEntry("Node 0, zone   Normal    cpu: 0[high:]", "320")
        .containsEntry("Node 0, zone   Normal    cpu: 0[batch:]", "31");
    assertThat(host.notes()).anyMatch(note -> note.contains("no pagetypeinfo"));
    assertSound(host.memory());
  }

  @Test
  void filesComeInAnyOrderWithPromptsAndPrefixes() {
    String expected = BuddyinfoText.write(load(BUDDYINFO + ZONEINFO, 0).memory());
    List<String> dressed =
        List.of(
            ZONEINFO + BUDDYINFO,
            "$ cat /proc/zoneinfo\n" + ZONEINFO + "root@host:~# cat /proc/buddyinfo\n" + BUDDYINFO,
            "==> /proc/buddyinfo <==\n" + BUDDYINFO + "\n==> /proc/zoneinfo <==\n" + ZONEINFO,
            (BUDDYINFO + ZONEINFO).replace("\n", "\r\n"),
            BUDDYINFO.indent(0).replaceAll("(?m)^", "/proc/buddyinfo:")
                + ZONEINFO.replaceAll("(?m)^", "/proc/zoneinfo:"));
    for (String text : dressed) {
      assertThat(BuddyinfoText.write(load(text, 0).memory())).isEqualTo(expected);
    }
  }

  @Test
  void theSeedDecidesWhereBlocksLieAndNothingElse() {
    List<List<Long>> places = new ArrayList<>();
    for (long seed : new long[] {1, 1, 2}) {
      PhysicalMemory memory = load(BUDDYINFO + ZONEINFO, seed).memory();
      List<Long> pfns = new ArrayList<>();
      var zone = memory.zone(1);
      for (int i = zone.lists().first(0, 1); i >= 0; i = zone.frames().nextOf(i, 0)) {
        pfns.add(zone.frames().pfn(i));
      }
      places.add(pfns);
    }
    assertThat(places.get(0)).hasSize(372).isEqualTo(places.get(1));
    assertThat(places.get(2)).hasSize(372).isNotEqualTo(places.get(0));
  }

  @Test
  void whatTheHostHasInUseCanBeFreed() {
    SimulatedMachine machine =
        new SimulatedMachine(
            "host", 1, load(BUDDYINFO + ZONEINFO, 3).memory(), MachineOptions.defaults());
    SimulatedMachine.FreedTotals freed = machine.freeOwner("boot");
    machine.drain(null);
    assertThat(freed.pages()).isEqualTo(3840 - 3808 + 60_000 - 8358 - 61);
    assertThat(machine.memory().zone(1).counter().exact()).isEqualTo(60_000);
    new RandomLoad(machine, 1).run(2000);
    assertSound(machine);
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          min      446      | min      999      | low        | 27
          free     8358     | free     50000    | free       | 24
          managed  60000    | managed  8000     | buddyinfo  | 2
          managed  60000    | managed  61441    | managed    | 31
          present  61440    | present  70000    | present    | 30
          low      557      | low      many     | low        | 23
          (0, 756, 756)     | (0, 756, 55)      | protection | 13
          (0, 0, 0)         | (9, 0, 0)         | protection | 33
          count: 61         | count: 60001      | buddyinfo  | 2
          boost    0        | boost    2000     | boost      | 5
          Node 0, zone   Normal\\n | Node 0, zone   Narmol\\n | zone | 23
          start_pfn:           4096 | start_pfn:  1 | |
          """)
  void contradictionsNameLineAndField(
      String from, String to, @Nullable String field, @Nullable Integer line) {
    String text = BUDDYINFO + ZONEINFO.replace(from.replace("\\n", "\n"), to.replace("\\n", "\n"));
    if (field == null) {
      assertThat(load(text, 0).notes()).anyMatch(note -> note.contains("overlap"));
      return;
    }
    assertThatExceptionOfType(InvalidHostException.class)
        .isThrownBy(() -> load(text, 0))
        .satisfies(e -> assertThat(e.field()).isEqualTo(field))
        .satisfies(e -> assertThat(e.line()).isEqualTo(line));
  }

  @Test
  void filesThatLackSomethingAreRefused() {
    for (String text :
        List.of("", BUDDYINFO, ZONEINFO, "hello\n", ZONEINFO + BUDDYINFO.lines().findFirst())) {
      assertThatExceptionOfType(InvalidHostException.class).isThrownBy(() -> load(text, 0));
    }
    assertThatExceptionOfType(InvalidHostException.class)
        .isThrownBy(() -> load(BUDDYINFO + ZONEINFO + ZONEINFO, 0))
        .withMessageContaining("twice");
    assertThatExceptionOfType(InvalidHostException.class)
        .isThrownBy(() -> load(BUDDYINFO.replace("372", "373") + BUDDYINFO + ZONEINFO, 0))
        .withMessageContaining("twice");
  }

  @Test
  void freeBlocksThatWouldHaveBeenMergedAreRefused() {
    String solid =
        "Node 0, zone DMA 3000 0 0 0 0 0 0 0 0 0 0\n"
            + BUDDYINFO.lines().skip(1).findFirst().orElseThrow()
            + "\n";
    assertThatExceptionOfType(InvalidHostException.class)
        .isThrownBy(() -> load(solid + ZONEINFO.replaceFirst("3808", "3000"), 0))
        .withMessageContaining("B-20");
  }

  @Test
  void aHostThatIsTooLargeChangesNothing() {
    SectionBudget budget = new SectionBudget(1 << 16);
    assertThatExceptionOfType(HostMachine.TooLargeException.class)
        .isThrownBy(() -> HostMachine.load(BUDDYINFO + ZONEINFO, 0, null, budget));
    assertThat(budget.remainingBytes()).isEqualTo(1 << 16);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "012 014 013",
        "019 020 021",
        "022 023 024",
        "025 026 027",
        "028 029 030",
        "031 032 033",
        "034 035",
        "012 014",
        "022 023"
      })
  @Tag("corpus")
  void hostsOfAllErasBoot(String files) {
    StringBuilder text = new StringBuilder();
    String buddyinfo = "";
    for (Corpus.Sample sample : Corpus.samples("proc").toList()) {
      if (Arrays.asList(files.split(" ")).contains(sample.name().substring(0, 3))) {
        text.append(sample.text()).append('\n');
        buddyinfo = buddyinfo.isEmpty() ? sample.text() : buddyinfo;
      }
    }
    HostMachine host = load(text.toString(), 1);
    assertThat(squeezed(BuddyinfoText.write(host.memory()))).isEqualTo(squeezed(buddyinfo));
    assertSound(host.memory());
  }

  private static List<String> squeezed(String text) {
    return text.lines()
        .filter(line -> !line.isBlank())
        .map(line -> line.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT))
        .toList();
  }
}
