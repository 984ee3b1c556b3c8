package dev.buddyd.procfs.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Made-up zoneinfo texts in the forms of all kernels, and what was put into them. */
class ZoneinfoFormsTest {

  /** Forms of the file, by the first release that printed them so. */
  enum Form {
    HOT_AND_COLD_WITH_LOW("2.6.12"),
    HOT_AND_COLD("2.6.18"),
    SPLIT_LRU("2.6.28"),
    MANAGED("3.10"),
    NODE_STATS("4.8"),
    CMA("5.3"),
    BOOST("5.14"),
    HIGH_MIN("6.14");

    private final String from;

    Form(String from) {
      this.from = from;
    }

    boolean from(Form form) {
      return compareTo(form) >= 0;
    }

    @Override
    public String toString() {
      return "from " + from;
    }
  }

  /** A zone as it is. */
  private record Zone(
      int node, String name, Map<String, Long> pages, List<Long> protection, List<Long> highs) {}

  @ParameterizedTest
  @EnumSource
  void everyFormIsReadBack(Form form) {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      List<Zone> zones = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      for (int node = 0; node <= random.nextInt(3); node++) {
        for (String name : List.of("DMA", "DMA32", "Normal", "Movable")) {
          Zone zone = zone(node, name, form, random);
          zones.add(zone);
          print(zone, form, zones.size() == 1, text);
        }
      }

      List<ZoneRow> rows = ProcReader.read(text.toString()).zones();

      assertThat(rows).as("%s\n%s", form, text).hasSameSizeAs(zones);
      for (int i = 0; i < zones.size(); i++) {
        compare(zones.get(i), rows.get(i), text.toString());
      }
    }
  }

  private static void compare(Zone zone, ZoneRow row, String text) {
    assertThat(row.node()).isEqualTo(zone.node());
    assertThat(row.zone()).isEqualTo(zone.name());
    assertThat(row.pages()).as(text).containsAllEntriesOf(zone.pages());
    assertThat(row.protection()).as(text).isEqualTo(zone.protection());
    assertThat(row.pagesets().stream().map(PagesetRow::high).toList())
        .as(text)
        .isEqualTo(zone.highs());
    assertThat(row.pagesets()).as(text).allMatch(set -> set.count() != null && set.batch() != null);
    assertThat(row.trailer()).as(text).containsKey("start_pfn").doesNotContainKey("high");
  }

  private static Zone zone(int node, String name, Form form, Random random) {
    Map<String, Long> pages = new LinkedHashMap<>();
    List<String> names = new ArrayList<>(List.of("free"));
    if (form.from(Form.BOOST)) {
      names.add("boost");
    }
    names.addAll(List.of("min", "low", "high"));
    if (form.from(Form.HIGH_MIN)) {
      names.add("promo");
    }
    if (!form.from(Form.SPLIT_LRU)) {
      names.addAll(List.of("active", "inactive"));
    }
    if (!form.from(Form.NODE_STATS)) {
      names.add("scanned");
    }
    names.addAll(List.of("spanned", "present"));
    if (form.from(Form.MANAGED)) {
      names.add("managed");
    }
    if (form.from(Form.CMA)) {
      names.add("cma");
    }
    names.forEach(each -> pages.put(each, (long) random.nextInt(1 << 22)));
    List<Long> protection = new ArrayList<>();
    List<Long> highs = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      protection.add((long) random.nextInt(1 << 20));
    }
    int lists = form.from(Form.SPLIT_LRU) ? 1 : 2;
    for (int i = 0; i < lists * (1 + random.nextInt(3)); i++) {
      highs.add((long) random.nextInt(1000));
    }
    return new Zone(node, name, pages, protection, highs);
  }

  private static void print(Zone zone, Form form, boolean first, StringBuilder text) {
    text.append("Node %d, zone %8s\n".formatted(zone.node(), zone.name()));
    if (first && form.from(Form.NODE_STATS)) {
      text.append("  per-node stats\n      nr_inactive_anon 7\n      nr_written   9\n");
    }
    for (Map.Entry<String, Long> line : zone.pages().entrySet()) {
      boolean scanned = line.getKey().equals("scanned") && !form.from(Form.SPLIT_LRU);
      text.append(
          line.getKey().equals("free")
              ? "  pages free     %d\n".formatted(line.getValue())
              : "        %-8s %d%s\n"
                  .formatted(line.getKey(), line.getValue(), scanned ? " (a: 24 i: 4)" : ""));
    }
    String protection = "        protection: (%s)\n".formatted(list(zone.protection()));
    boolean countersBefore = form.from(Form.HOT_AND_COLD) && !form.from(Form.CMA);
    text.append(countersBefore ? "    nr_dirty     4\n    numa_hit     8\n" : "");
    text.append(protection);
    text.append(form.from(Form.CMA) ? "      nr_free_pages 3808\n      numa_hit     1\n" : "");
    text.append("  pagesets\n");
    printPagesets(zone, form, text);
    text.append(form.from(Form.NODE_STATS) ? "  node_unreclaimable:  0\n" : "");
    text.append(form.from(Form.NODE_STATS) ? "" : "  all_unreclaimable: 1\n");
    text.append(form.from(Form.MANAGED) ? "" : "  prev_priority:     12\n");
    text.append("  start_pfn:         %d\n".formatted(zone.node() * 4096));
    text.append(form.from(Form.SPLIT_LRU) ? "  inactive_ratio:    1\n" : "");
  }

  private static void printPagesets(Zone zone, Form form, StringBuilder text) {
    boolean pairs = !form.from(Form.SPLIT_LRU);
    for (int i = 0; i < zone.highs().size(); i++) {
      text.append(
          pairs ? "    cpu: %d pcp: %d\n".formatted(i / 2, i % 2) : "    cpu: %d\n".formatted(i));
      text.append("              count: %d\n".formatted(i));
      text.append(form.from(Form.HOT_AND_COLD) ? "" : "              low:   62\n");
      text.append("              high:  %d\n".formatted(zone.highs().get(i)));
      text.append("              batch: 31\n");
      text.append(
          form.from(Form.HIGH_MIN) ? "              high_min: 3\n              high_max: 9\n" : "");
      boolean numa = !form.from(Form.HOT_AND_COLD) && i % 2 == 1;
      text.append(numa ? "            numa_hit:       2155\n            other_node:     7\n" : "");
      boolean threshold = form.from(Form.HOT_AND_COLD) && (!pairs || i % 2 == 1);
      text.append(threshold ? "  vm stats threshold: 16\n" : "");
    }
  }

  private static String list(List<Long> numbers) {
    return String.join(", ", numbers.stream().map(String::valueOf).toList());
  }
}
