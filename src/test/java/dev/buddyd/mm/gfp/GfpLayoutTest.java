package dev.buddyd.mm.gfp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables G-53 to G-55, era by era, as the specification prints them. */
class GfpLayoutTest {

  /** One release of each era in which every flag of its column exists, notes aside. */
  private static final List<String> RELEASES =
      List.of("3.10", "4.9", "4.14", "4.19", "5.4", "5.15", "6.1", "6.12");

  private static final Pattern BLANKS = Pattern.compile(" +");

  private static final String G_53 =
      """
      DMA 0x1 0x1 0x1 0x1 0x1 0x1 0x1 0x1
      HIGHMEM 0x2 0x2 0x2 0x2 0x2 0x2 0x2 0x2
      DMA32 0x4 0x4 0x4 0x4 0x4 0x4 0x4 0x4
      MOVABLE 0x8 0x8 0x8 0x8 0x8 0x8 0x8 0x8
      RECLAIMABLE 0x80000 0x10 0x10 0x10 0x10 0x10 0x10 0x10
      HIGH 0x20 0x20 0x20 0x20 0x20 0x20 0x20 0x20
      IO 0x40 0x40 0x40 0x40 0x40 0x40 0x40 0x40
      FS 0x80 0x80 0x80 0x80 0x80 0x80 0x80 0x80
      WAIT 0x10 - - - - - - -
      DIRECT_RECLAIM - 0x400000 0x400000 0x200000 0x400 0x400 0x400 0x400
      KSWAPD_RECLAIM - 0x2000000 0x1000000 0x400000 0x800 0x800 0x800 0x800
      ATOMIC - 0x80000 0x80000 0x80000 0x200 0x200 0x200 -
      ZERO 0x8000 0x8000 0x8000 0x8000 0x100 0x100 0x100 0x100
      COLD 0x100 0x100 0x100 - - - - -
      WRITE 0x1000000 0x1000000 0x800000 0x100 0x1000 0x1000 0x1000 0x1000
      NOWARN 0x200 0x200 0x200 0x200 0x2000 0x2000 0x2000 0x2000
      REPEAT 0x400 0x400 - - - - - -
      RETRY_MAYFAIL - - 0x400 0x400 0x4000 0x4000 0x4000 0x4000
      NOFAIL 0x800 0x800 0x800 0x800 0x8000 0x8000 0x8000 0x8000
      NORETRY 0x1000 0x1000 0x1000 0x1000 0x10000 0x10000 0x10000 0x10000
      MEMALLOC 0x2000 0x2000 0x2000 0x2000 0x20000 0x20000 0x20000 0x20000
      COMP 0x4000 0x4000 0x4000 0x4000 0x40000 0x40000 0x40000 0x40000
      NOMEMALLOC 0x10000 0x10000 0x10000 0x10000 0x80000 0x80000 0x80000 0x80000
      HARDWALL 0x20000 0x20000 0x20000 0x20000 0x100000 0x100000 0x100000 0x100000
      THISNODE 0x40000 0x40000 0x40000 0x40000 0x200000 0x200000 0x200000 0x200000
      KMEMCG 0x100000 - - - - - - -
      ACCOUNT - 0x100000 0x100000 0x100000 0x400000 0x400000 0x400000 0x400000
      NOTRACK 0x200000 0x200000 0x200000 - - - - -
      NO_KSWAPD 0x400000 - - - - - - -
      OTHER_NODE 0x800000 0x800000 - - - - - -
      ZEROTAGS - - - - - 0x800000 0x800000 0x800000
      SKIP_KASAN_POISON - - - - - 0x1000000 - -
      """;

  private static final String G_55 =
      """
      GFP_KERNEL 0xd0 0x24000c0 0x14000c0 0x6000c0 0xcc0 0xcc0 0xcc0 0xcc0
      GFP_KERNEL_ACCOUNT - 0x25000c0 0x15000c0 0x7000c0 0x400cc0 0x400cc0 0x400cc0 0x400cc0
      GFP_ATOMIC 0x20 0x2080020 0x1080020 0x480020 0xa20 0xa20 0xa20 0x820
      GFP_NOWAIT 0x0 0x2000000 0x1000000 0x400000 0x800 0x800 0x800 0x2800
      GFP_NOIO 0x10 0x2400000 0x1400000 0x600000 0xc00 0xc00 0xc00 0xc00
      GFP_NOFS 0x50 0x2400040 0x1400040 0x600040 0xc40 0xc40 0xc40 0xc40
      GFP_USER 0x200d0 0x24200c0 0x14200c0 0x6200c0 0x100cc0 0x100cc0 0x100cc0 0x100cc0
      GFP_HIGHUSER 0x200d2 0x24200c2 0x14200c2 0x6200c2 0x100cc2 0x100cc2 0x100cc2 0x100cc2
      GFP_HIGHUSER_MOVABLE 0x200da 0x24200ca 0x14200ca 0x6200ca 0x100cca 0x1100cca 0x100cca 0x100cca
      GFP_TEMPORARY 0x800d0 0x24000d0 - - - - - -
      GFP_TRANSHUGE_LIGHT - 0x342ca 0x342ca 0x342ca 0x1c20ca 0x11c20ca 0x1c20ca 0x1c20ca
      GFP_TRANSHUGE 0x4352da 0x4342ca 0x4342ca 0x2342ca 0x1c24ca 0x11c24ca 0x1c24ca 0x1c24ca
      GFP_DMA 0x1 0x1 0x1 0x1 0x1 0x1 0x1 0x1
      GFP_DMA32 0x4 0x4 0x4 0x4 0x4 0x4 0x4 0x4
      """;

  private static Stream<Arguments> cells(String table, String prefix) {
    return table
        .lines()
        .map(line -> BLANKS.splitAsStream(line).toList())
        .flatMap(
            row ->
                IntStream.range(0, RELEASES.size())
                    .mapToObj(
                        i ->
                            Arguments.of(
                                prefix + row.getFirst(), RELEASES.get(i), row.get(i + 1))));
  }

  static Stream<Arguments> g53() {
    return cells(G_53, "__GFP_");
  }

  static Stream<Arguments> g55() {
    return cells(G_55, "");
  }

  private static GfpLayout kernel(String release) {
    return GfpLayout.of(KernelVersion.parse(release));
  }

  @DisplayName("G-53, G-55: every flag and compound mask has its number in every era")
  @ParameterizedTest(name = "{0} in {1} is {2}")
  @MethodSource({"g53", "g55"})
  void numbers(String name, String release, String value) {
    if (value.equals("-")) {
      assertThat(kernel(release).maskOf(name)).isEmpty();
    } else {
      assertThat(kernel(release).maskOf(name)).hasValue(Integer.decode(value));
    }
  }

  /** What exists and prints as something: GFP_NOWAIT was 0 before 4.4. */
  static Stream<Arguments> g55Printed() {
    return g55().filter(row -> !List.of("-", "0x0").contains(row.get()[2]));
  }

  @DisplayName("G-55, G-56: a compound mask decodes to its own name in its own era")
  @ParameterizedTest(name = "{0} in {1} is {2}")
  @MethodSource("g55Printed")
  void printedNames(String name, String release, String value) {
    DecodedMask mask =
        new DecodedMask(Long.decode(value).intValue(), GfpLayout.of(KernelVersion.parse(release)));
    assertThat(mask.print()).isEqualTo(name);
    assertThat(mask.unknownBits()).isZero();
    assertThat(mask.toHex()).isEqualTo(value);
  }

  @DisplayName("G-56: what a compound mask of any era means in 6.12")
  @ParameterizedTest(name = "{0} of {1} is {2}")
  @CsvSource({
    "GFP_KERNEL, 3.10, 0xcc0",
    "GFP_KERNEL, 4.9, 0xcc0",
    "GFP_KERNEL, 4.14, 0xcc0",
    "GFP_KERNEL, 4.19, 0xcc0",
    "GFP_KERNEL, 5.4, 0xcc0",
    "GFP_ATOMIC, 3.10, 0x820",
    "GFP_ATOMIC, 4.9, 0x820",
    "GFP_ATOMIC, 6.1, 0x820",
    "GFP_NOWAIT, 3.10, 0x800",
    "GFP_NOWAIT, 6.1, 0x800",
    "GFP_NOIO, 3.10, 0xc00",
    "GFP_TEMPORARY, 3.10, 0xcd0",
    "GFP_TEMPORARY, 4.9, 0xcd0",
    "GFP_TRANSHUGE, 3.10, 0x1d24ca",
    "GFP_TRANSHUGE_LIGHT, 5.15, 0x1c20ca",
    "GFP_HIGHUSER_MOVABLE, 5.15, 0x100cca"
  })
  void meaningToday(String name, String release, String modern) {
    GfpLayout layout = kernel(release);
    int number = layout.maskOf(name).orElseThrow();
    assertThat(new DecodedMask(number, layout).modern().toHex()).isEqualTo(modern);
  }

  @DisplayName("G-56: single old flags in 6.12 terms")
  @ParameterizedTest(name = "{1} of {0} is {2}")
  @CsvSource({
    "3.10, 0x10, 0xc00", // WAIT: both reclaim bits
    "3.10, 0x40, 0x840", // no WAIT: wakes kswapd only
    "3.10, 0x400010, 0x400", // NO_KSWAPD takes it away
    "3.10, 0x400000, 0x0",
    "3.10, 0x100000, 0x400800", // KMEMCG
    "4.4, 0x100000, 0x0", // NOACCOUNT
    "4.9, 0x80000, 0x0", // ATOMIC
    "4.9, 0x100, 0x0", // COLD
    "4.9, 0x200000, 0x0", // NOTRACK
    "4.9, 0x800000, 0x0", // OTHER_NODE
    "4.12, 0x400, 0x4000" // REPEAT
  })
  void oldFlags(String release, String number, String modern) {
    DecodedMask mask =
        new DecodedMask(Long.decode(number).intValue(), GfpLayout.of(KernelVersion.parse(release)));
    assertThat(mask.modern().toHex()).isEqualTo(modern);
  }

  @DisplayName("G-54: flags that exist only in part of an era")
  @ParameterizedTest(name = "{1} in {0} is {2}")
  @CsvSource({
    "3.7, 0x100000, ",
    "3.8, 0x100000, KMEMCG",
    "3.15, 0x100000, KMEMCG",
    "3.16, 0x100000, ",
    "4.0, 0x100000, ",
    "4.1, 0x100000, NOACCOUNT",
    "4.4, 0x100000, NOACCOUNT",
    "4.5, 0x100000, ACCOUNT",
    "3.10.0-1160.el7.x86_64, 0x100000, ACCOUNT",
    "3.10.0-123.fc20, 0x100000, KMEMCG",
    "4.18.0-240.10.1.el8_3.x86_64, 0x100000, ACCOUNT",
    "3.2, 0x1000000, ",
    "3.3, 0x1000000, WRITE",
    "3.5, 0x2000, ",
    "3.6, 0x2000, MEMALLOC",
    "2.6.30, 0x200000, ",
    "2.6.31, 0x200000, NOTRACK",
    "4.14, 0x200000, NOTRACK",
    "4.15, 0x200000, ",
    "2.6.37, 0x400000, ",
    "2.6.38, 0x400000, NO_KSWAPD",
    "2.6.38, 0x800000, ",
    "2.6.39, 0x800000, OTHER_NODE",
    "4.9, 0x800000, OTHER_NODE",
    "4.12, 0x400, REPEAT",
    "4.13, 0x400, RETRY_MAYFAIL",
    "4.14, 0x100, COLD",
    "4.15, 0x100, ",
    "5.13, 0x800000, ",
    "5.14, 0x800000, ZEROTAGS",
    "5.17, 0x1000000, SKIP_KASAN_POISON",
    "5.18, 0x1000000, ",
    "6.2, 0x200, ATOMIC",
    "6.3, 0x200, ",
    "6.9, 0x1000000, ",
    "6.10, 0x1000000, NO_OBJ_EXT"
  })
  void partsOfAnEra(String release, String bit, GfpFlag flag) {
    DecodedMask mask =
        new DecodedMask(Long.decode(bit).intValue(), GfpLayout.of(KernelVersion.parse(release)));
    if (flag == null) {
      assertThat(mask.flags()).isEmpty();
      assertThat(mask.unknownBits()).isEqualTo(Integer.decode(bit));
    } else {
      assertThat(mask.flags()).containsExactly(flag);
      assertThat(mask.unknownBits()).isZero();
    }
  }

  @DisplayName("G-54, G-2: optional flags, by release and by what is built")
  @ParameterizedTest(name = "{0} with {1}: {2}")
  @CsvSource({
    "4.11, LOCKDEP, NOLOCKDEP, 0x0",
    "4.12, LOCKDEP, NOLOCKDEP, 0x2000000",
    "4.17, LOCKDEP, NOLOCKDEP, 0x2000000",
    "4.18, LOCKDEP, NOLOCKDEP, 0x800000",
    "5.13, LOCKDEP, NOLOCKDEP, 0x800000",
    "5.14, LOCKDEP, NOLOCKDEP, 0x2000000",
    "5.18, LOCKDEP, NOLOCKDEP, 0x8000000",
    "6.3, LOCKDEP, NOLOCKDEP, 0x8000000",
    "6.4, LOCKDEP, NOLOCKDEP, 0x4000000",
    "6.8, LOCKDEP, NOLOCKDEP, 0x4000000",
    "6.9, LOCKDEP, NOLOCKDEP, 0x1000000",
    "6.12, LOCKDEP OBJ_EXT, NO_OBJ_EXT, 0x2000000",
    "6.12, TAG_KASAN LOCKDEP OBJ_EXT, SKIP_ZERO, 0x1000000",
    "6.12, TAG_KASAN LOCKDEP OBJ_EXT, SKIP_KASAN, 0x2000000",
    "6.12, TAG_KASAN LOCKDEP OBJ_EXT, NOLOCKDEP, 0x4000000",
    "6.12, TAG_KASAN LOCKDEP OBJ_EXT, NO_OBJ_EXT, 0x8000000",
    "6.12, TAG_KASAN OBJ_EXT, NO_OBJ_EXT, 0x4000000",
    "6.1, TAG_KASAN, SKIP_ZERO, 0x1000000",
    "6.1, TAG_KASAN, SKIP_KASAN_UNPOISON, 0x2000000",
    "6.1, TAG_KASAN, SKIP_KASAN_POISON, 0x4000000",
    "6.3, TAG_KASAN, SKIP_KASAN_POISON, 0x4000000",
    "6.4, TAG_KASAN, SKIP_KASAN_POISON, 0x0",
    "6.4, TAG_KASAN, SKIP_KASAN, 0x2000000",
    "6.9, OBJ_EXT, NO_OBJ_EXT, 0x0"
  })
  void optionalFlags(String release, String built, GfpFlag flag, String value) {
    EnumSet<BuildOption> options = EnumSet.noneOf(BuildOption.class);
    BLANKS.splitAsStream(built).map(BuildOption::valueOf).forEach(options::add);
    GfpLayout layout = GfpLayout.of(KernelVersion.parse(release), options);
    assertThat(layout.valueOf(flag)).isEqualTo(Integer.decode(value));
    assertThat(layout.has(flag)).isEqualTo(!value.equals("0x0"));
  }

  @DisplayName("G-55: compound masks that changed inside an era, and with tag-based KASAN")
  @ParameterizedTest(name = "{1} in {0} is {2}")
  @CsvSource({
    "2.6.37, GFP_TRANSHUGE, ",
    "2.6.38, GFP_TRANSHUGE, 0x4352da",
    "4.4, GFP_TRANSHUGE, 0x4352ca",
    "4.5, GFP_TRANSHUGE, 0x4352ca",
    "4.6, GFP_TRANSHUGE, 0x352ca",
    "4.7, GFP_TRANSHUGE, 0x352ca",
    "4.8, GFP_TRANSHUGE, 0x4342ca",
    "4.7, GFP_TRANSHUGE_LIGHT, ",
    "4.4, GFP_KERNEL_ACCOUNT, ",
    "4.5, GFP_KERNEL_ACCOUNT, 0x25000c0",
    "4.13, GFP_TEMPORARY, 0x14000d0",
    "4.14, GFP_TEMPORARY, ",
    "6.7, GFP_NOWAIT, 0x800",
    "6.8, GFP_NOWAIT, 0x2800",
    "3.19, GFP_THISNODE, 0x41200",
    "4.0, GFP_THISNODE, ",
    "2.6.35, GFP_IOFS, ",
    "4.3, GFP_IOFS, 0xc0",
    "4.4, GFP_IOFS, "
  })
  void partsOfAnEraForCompounds(String release, String name, String value) {
    if (value == null) {
      assertThat(kernel(release).maskOf(name)).isEmpty();
    } else {
      assertThat(kernel(release).maskOf(name)).hasValue(Integer.decode(value));
    }
  }

  @DisplayName("G-55: tag-based KASAN adds its bits to movable user memory")
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "6.1, 0x6100cca, 0x61c24ca",
    "6.3, 0x6100cca, 0x61c24ca",
    "6.4, 0x2100cca, 0x21c24ca"
  })
  void taggedCompounds(String release, String movable, String transhuge) {
    GfpLayout layout = GfpLayout.of(KernelVersion.parse(release), Set.of(BuildOption.TAG_KASAN));
    assertThat(layout.maskOf("GFP_HIGHUSER_MOVABLE")).hasValue(Integer.decode(movable));
    assertThat(layout.maskOf("GFP_TRANSHUGE")).hasValue(Integer.decode(transhuge));
    assertThat(new DecodedMask(Integer.decode(movable), layout).modern().toHex())
        .isEqualTo("0x100cca");
  }

  @Test
  @DisplayName("before 4.4 a mask that may wait is not called atomic")
  void highAndWait() {
    assertThat(kernel("3.10").print(0xf0)).isEqualTo("GFP_KERNEL|__GFP_HIGH");
    assertThat(kernel("3.10").print(0x20)).isEqualTo("GFP_ATOMIC");
    assertThat(kernel("3.10").print(0x4020)).isEqualTo("GFP_ATOMIC|__GFP_COMP");
  }

  @Test
  @DisplayName("no kernel gives one bit to two flags")
  void bitsAreDistinct() {
    for (GfpCandidate candidate : GfpCandidate.NEWEST_FIRST) {
      GfpLayout layout = candidate.layout();
      int seen = 0;
      for (GfpFlag flag : GfpFlag.values()) {
        assertThat(seen & layout.valueOf(flag)).as("%s in %s", flag, layout).isZero();
        seen |= layout.valueOf(flag);
      }
    }
  }

  @Test
  @DisplayName("G-52: the eras are recognised by GFP_KERNEL and GFP_ATOMIC")
  void eras() {
    for (int i = 0; i < RELEASES.size(); i++) {
      assertThat(kernel(RELEASES.get(i)).era()).isEqualTo(GfpEra.values()[i]);
    }
    assertThat(kernel("2.6.24-19-generic").era()).isEqualTo(GfpEra.A);
    assertThat(kernel("7.2").era()).isEqualTo(GfpEra.H);
  }
}
