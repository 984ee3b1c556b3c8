package dev.buddyd.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.machine.AllocationOutcome;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.zone.Fragmentation;
import dev.buddyd.mm.zone.Zone;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MachineMetersTest {

  private static final String DMA32 = "{node=\"0\",zone=\"DMA32\"}";

  @Test
  void everyFamilySaysWhatItMeans() {
    Exposition scrape = new ScrapedMachine("tiny").scrape().only("buddyd_");

    assertThat(scrape.types().keySet()).hasSizeGreaterThan(30);
    assertThat(scrape.helps().keySet()).isEqualTo(scrape.types().keySet());
    assertThat(scrape.helps().values())
        .allSatisfy(help -> assertThat(help).hasSizeGreaterThan(40).endsWith("."));
  }

  @Test
  @DisplayName("B-3: the free blocks of all types are what node_buddyinfo_blocks shows")
  void typesAddUpToBuddyinfo() {
    Exposition scrape = new ScrapedMachine("x86_64-numa").used().scrape();

    for (int order = 0; order <= 10; order++) {
      assertThat(scrape.sum("buddyd_free_blocks", "node=\"1\"", "order=\"" + order + "\""))
          .isEqualTo(scrape.sum("node_buddyinfo_blocks", "node=\"1\"", "size=\"" + order + "\""));
    }
  }

  @Test
  @DisplayName("R-40, R-41: the indices are those of debugfs, as fractions")
  void fragmentationIndices() {
    ScrapedMachine scraped = new ScrapedMachine("tiny").used();
    while (scraped.grants(Gfp.GFP_HIGHUSER_MOVABLE | Gfp.NORETRY, 4)) {
      // until no block of that order is left
    }
    Exposition scrape = scraped.scrape();
    String zone = "{node=\"0\",order=\"7\",zone=\"DMA32\"}";
    long[] blocks = Fragmentation.freeBlocks(scraped.machine().memory().zone(1));

    assertThat(scrape.sample("buddyd_fragmentation_index" + zone))
        .isEqualTo(Fragmentation.index(blocks, 7) / 1000.0)
        .isGreaterThan(-1);
    assertThat(scrape.sample("buddyd_unusable_index" + zone)).isEqualTo(1);
    assertThat(scrape.sample("buddyd_fragmentation_index{node=\"0\",order=\"0\",zone=\"DMA32\"}"))
        .isEqualTo(-1);
  }

  @Test
  @DisplayName("Z-41: a mark is crossed as soon as free pages are not above it")
  void watermarks() {
    ScrapedMachine scraped = new ScrapedMachine("tiny");
    assertThat(scraped.scrape().sum("buddyd_watermark_crossed")).isZero();
    while (scraped.grants(Gfp.GFP_KERNEL, 0)) {
      // until the kernel would call the OOM killer
    }
    Exposition scrape = scraped.scrape();
    String min = "{mark=\"min\",node=\"0\",zone=\"DMA32\"}";

    assertThat(scrape.sample("buddyd_watermark_crossed" + min)).isEqualTo(1);
    assertThat(scrape.sample("buddyd_watermark_distance_pages" + min)).isNotPositive();
    assertThat(scrape.sample("buddyd_watermark_pages" + min))
        .isEqualTo(scrape.sample("node_zoneinfo_min_pages" + DMA32));
    assertThat(scrape.sample("buddyd_stalls_total{zone=\"Normal\"}")).isPositive();
    assertThat(scrape.sample("buddyd_kswapd_wakes_total{node=\"0\"}")).isPositive();
    assertThat(scrape.sample("buddyd_kswapd_failures{node=\"0\"}")).isPositive();
    assertThat(scrape.sample("buddyd_kswapd_awake{node=\"0\"}")).isZero();
    assertThat(scrape.sum("buddyd_allocations_total", "result=\"oom_kill\"")).isEqualTo(1);
  }

  @Test
  void requestsAreCountedOnce() {
    ScrapedMachine scraped = new ScrapedMachine("tiny");
    for (int i = 0; i < 7; i++) {
      scraped.allocate(Gfp.GFP_ATOMIC, 2);
    }
    Exposition scrape = scraped.scrape();

    assertThat(
            scrape.sample(
                "buddyd_allocations_total{gfp=\"GFP_ATOMIC\",order=\"2\",result=\"granted\"}"))
        .isEqualTo(7);
    assertThat(scrape.sum("buddyd_allocations_total")).isEqualTo(7);
    assertThat(scrape.sample("buddyd_live_allocations")).isEqualTo(7);
    assertThat(scrape.sample("buddyd_machine_sequence"))
        .isEqualTo((double) scraped.machine().events().lastSequence());
    assertThat(scrape.sample("buddyd_virtual_time_seconds")).isEqualTo(0.000007);
  }

  @Test
  @DisplayName(
      "B-40: a fallback is counted for the zone, the wanted type and the type it came from")
  void fallbacks() {
    ScrapedMachine scraped = new ScrapedMachine("tiny");
    scraped.allocate(Gfp.GFP_KERNEL | Gfp.RECLAIMABLE, 3);
    Exposition scrape = scraped.scrape();

    assertThat(
            scrape.sample(
                "buddyd_fallbacks_total{claimed=\"true\",from=\"MOVABLE\","
                    + "migratetype=\"RECLAIMABLE\",node=\"0\",zone=\"DMA32\"}"))
        .isEqualTo(1);
    assertThat(scrape.sum("buddyd_fallbacks_total")).isEqualTo(1);
    assertThat(scrape.sum("buddyd_pageblocks", "RECLAIMABLE")).isPositive();
  }

  @Test
  @DisplayName("P-2: pages on per-CPU lists, of all CPUs and of the fullest")
  void perCpuLists() {
    ScrapedMachine scraped = new ScrapedMachine("x86_64");
    scraped.allocate(Gfp.GFP_KERNEL, 0);
    Exposition scrape = scraped.scrape();
    Zone normal = scraped.machine().memory().zones().getLast();
    String zone = "{node=\"0\",zone=\"Normal\"}";

    assertThat(scrape.sample("buddyd_pcp_pages" + zone)).isEqualTo(normal.set(0).count());
    assertThat(scrape.sample("buddyd_pcp_max_pages" + zone)).isEqualTo(normal.set(0).count());
    assertThat(scrape.sample("buddyd_pcp_refills_total" + zone)).isEqualTo(1);
  }

  @Test
  void anotherMachineLeavesNoSeriesOfTheOldOne() {
    ScrapedMachine scraped = new ScrapedMachine("x86_64-numa").used();
    Exposition numa = scraped.scrape();
    assertThat(numa.sum("buddyd_free_blocks", "node=\"1\"")).isPositive();
    scraped.boot("x86_32");
    Exposition small = scraped.scrape();

    assertThat(small.samples().keySet())
        .noneMatch(name -> name.contains("node=\"1\"") || name.contains("zone=\"DMA32\""));
    assertThat(small.sample("buddyd_machine_info{arch=\"x86_32\",name=\"x86_32\"}")).isEqualTo(1);
    assertThat(small.sample("buddyd_machine_epoch")).isEqualTo(2);
    assertThat(small.sum("buddyd_allocations_total")).isZero();
    assertThat(small.sum("buddyd_free_blocks", "zone=\"HighMem\"")).isPositive();

    scraped.boot("x86_64-numa");
    assertThat(scraped.scrape().samples().keySet())
        .containsExactlyInAnyOrderElementsOf(numa.samples().keySet().stream().toList());
  }

  @Test
  @DisplayName("Z-60: under load each scrape agrees with itself, zone by zone")
  void coherentWhileTheMachineRuns() throws Exception {
    ScrapedMachine scraped = new ScrapedMachine("x86_64");
    AtomicBoolean done = new AtomicBoolean();
    int drift = 4 * 125; // CPUs times the largest remainder
    try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
      List<Future<?>> workers = new ArrayList<>();
      for (int t = 0; t < 2; t++) {
        Runnable load =
            () -> {
              while (!done.get()) {
                if (scraped.allocate(Gfp.GFP_HIGHUSER_MOVABLE, 9)
                    instanceof AllocationOutcome.Granted granted) {
                  scraped.machine().free(granted.allocation().pfn(), null, -1, null, false);
                }
              }
            };
        workers.add(pool.submit(load));
      }
      try {
        for (int i = 0; i < 20; i++) {
          Exposition scrape = scraped.scrape();
          for (String zone : List.of("DMA", "DMA32", "Normal")) {
            double inBlocks = 0;
            for (int order = 0; order <= 10; order++) {
              inBlocks +=
                  scrape.sum("buddyd_free_blocks", "\"" + zone + "\"", "order=\"" + order + "\"")
                      * (1 << order);
            }
            double counted =
                scrape.sample("node_zoneinfo_nr_free_pages{node=\"0\",zone=\"" + zone + "\"}");
            assertThat(Math.abs(inBlocks - counted)).as(zone).isLessThanOrEqualTo(drift);
          }
        }
      } finally {
        done.set(true);
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
    }
  }
}
