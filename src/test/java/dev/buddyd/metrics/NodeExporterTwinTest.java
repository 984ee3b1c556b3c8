package dev.buddyd.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.procfs.BuddyinfoText;
import dev.buddyd.procfs.ZoneReading;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class NodeExporterTwinTest {

  /** A scrape of node_exporter 1.5 that read the texts of the same machine. */
  private static Exposition golden() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            NodeExporterTwinTest.class.getResourceAsStream(
                "/metrics/node_exporter-1.5-tiny.txt"))) {
      return Exposition.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  @DisplayName("families, types, help texts and label sets are those of node_exporter")
  void sameFamiliesAsNodeExporter() throws IOException {
    Exposition ours = new ScrapedMachine("tiny").used().scrape().only("node_");
    Exposition golden = golden();

    assertThat(ours.types()).containsExactlyInAnyOrderEntriesOf(golden.types());
    assertThat(ours.helps()).containsExactlyInAnyOrderEntriesOf(golden.helps());
    assertThat(ours.samples()).containsOnlyKeys(golden.samples().keySet());
  }

  @Test
  @DisplayName("T-1: node_buddyinfo_blocks is what /proc/buddyinfo says")
  void buddyinfo() {
    ScrapedMachine scraped = new ScrapedMachine("x86_64-numa").used();
    Exposition scrape = scraped.scrape();

    for (String line : BuddyinfoText.write(scraped.machine().memory()).lines().toList()) {
      String[] words = line.strip().split("[ ,]+", -1);
      for (int order = 0; order <= 10; order++) {
        String sample =
            "node_buddyinfo_blocks{node=\"%s\",size=\"%d\",zone=\"%s\"}"
                .formatted(words[1], order, words[3]);
        assertThat(scrape.sample(sample)).isEqualTo(Double.parseDouble(words[4 + order]));
      }
    }
  }

  @Test
  @DisplayName("T-10, Z-23: marks contain the boost; zones without pages are shown, too")
  void zoneinfo() {
    ScrapedMachine scraped = new ScrapedMachine("tiny").used();
    Exposition scrape = scraped.scrape();
    ZoneReading dma32 = ZoneReading.of(scraped.machine().memory().zone(1));

    assertThat(scrape.sample("node_zoneinfo_min_pages{node=\"0\",zone=\"DMA32\"}"))
        .isEqualTo((double) dma32.mark(Watermarks.MIN));
    assertThat(scrape.sample("node_zoneinfo_nr_free_pages{node=\"0\",zone=\"DMA32\"}"))
        .isEqualTo((double) dma32.freePages());
    assertThat(scrape.sample("node_zoneinfo_protection_1{node=\"0\",zone=\"DMA\"}"))
        .isEqualTo((double) ZoneReading.of(scraped.machine().memory().zone(0)).lowmemReserve(1));
    assertThat(scrape.sample("node_zoneinfo_low_pages{node=\"0\",zone=\"Movable\"}")).isEqualTo(32);
    assertThat(scrape.sample("node_zoneinfo_managed_pages{node=\"0\",zone=\"Normal\"}")).isZero();
    assertThat(scrape.samples())
        .doesNotContainKey("node_zoneinfo_nr_free_pages{node=\"0\",zone=\"Normal\"}");
  }

  @Test
  @DisplayName("T-15: vmstat is untyped, and moves with the machine")
  void vmstat() {
    ScrapedMachine scraped = new ScrapedMachine("tiny");
    Exposition before = scraped.scrape();
    Exposition after = scraped.used().scrape();

    assertThat(after.types()).containsEntry("node_vmstat_pgalloc_dma32", "untyped");
    assertThat(after.sample("node_vmstat_pgalloc_dma32"))
        .isGreaterThan(before.sample("node_vmstat_pgalloc_dma32"));
    assertThat(after.sample("node_vmstat_pgfree"))
        .isGreaterThan(before.sample("node_vmstat_pgfree"));
  }

  @Test
  @DisplayName("T-20: meminfo in bytes, parentheses as underscores")
  void meminfo() {
    Exposition scrape = new ScrapedMachine("tiny").scrape();

    assertThat(scrape.sample("node_memory_MemTotal_bytes")).isEqualTo(54784 * 1024.0);
    assertThat(scrape.samples())
        .containsKeys("node_memory_Active_anon_bytes", "node_memory_HugePages_Total");
  }
}
