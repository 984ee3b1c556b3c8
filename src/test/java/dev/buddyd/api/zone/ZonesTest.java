package dev.buddyd.api.zone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.ApiTest;
import dev.buddyd.mm.zone.Zone;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

class ZonesTest extends ApiTest {

  @Test
  void zoneShowsItsSizesMarksAndFreeBlocks() {
    MvcTestResult result = get("/zones/0/DMA32");
    Zone zone = machines.current().zone(0, "DMA32");
    assertThat(object(result, "$"))
        .containsEntry("node", 0)
        .containsEntry("zone", "DMA32")
        .containsEntry("start_pfn", (int) zone.span().startPfn())
        .containsEntry("managed_pages", (int) zone.managedPages())
        .containsEntry("nr_free_pages", (int) zone.managedPages())
        .containsEntry("boost_pages", 0);
    assertThat(ApiTest.<Integer>list(result, "$.watermarks.*")).isSorted().hasSize(4);
    int sum = 0;
    for (Map<String, Object> order : ApiTest.<Map<String, Object>>list(result, "$.free")) {
      sum += (int) order.get("blocks") << (int) order.get("order");
      Map<?, ?> byType = (Map<?, ?>) order.get("by_migratetype");
      assertThat(byType.values().stream().mapToInt(n -> (int) n).sum())
          .isEqualTo(order.get("blocks"));
    }
    assertThat(sum).isEqualTo(zone.managedPages());
  }

  @Test
  @DisplayName("page sets show what they cache by order and type (P-1)")
  void pageSets() {
    delete(header(post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":1}"), "Location"));
    MvcTestResult result = get("/zones/0/DMA32");
    assertThat(list(result, "$.per_cpu[0].lists[*].order")).containsExactly(1);
    assertThat(list(result, "$.per_cpu[0].lists[*].migratetype")).containsExactly("UNMOVABLE");
    int blocks = number(result, "$.per_cpu[0].lists[0].blocks");
    assertThat(number(result, "$.per_cpu[0].count")).isEqualTo(2 * blocks);
  }

  @Test
  @DisplayName("fragmentation indices are those of the kernel (R-40, R-41)")
  void indices() {
    MvcTestResult result = get("/zones/0/DMA32");
    assertThat(list(result, "$.free[*].fragmentation_index")).containsOnly(-1.0).hasSize(11);
    assertThat(ApiTest.<Double>list(result, "$.free[*].unusable_index"))
        .isSorted()
        .allMatch(index -> index >= 0 && index <= 1);
  }

  @Test
  void allZonesComeInOrder() {
    machines.boot(presets.get("x86_64-numa"));
    MvcTestResult result = get("/zones");
    assertThat(list(result, "$.zones[*].zone")).containsExactly("DMA", "DMA32", "Normal", "Normal");
    assertThat(list(result, "$.zones[*].node")).containsExactly(0, 0, 0, 1);
  }

  @Test
  @DisplayName("nodes show distances and zonelists (Z-10, Z-13)")
  void nodes() {
    machines.boot(presets.get("x86_64-numa"));
    MvcTestResult result = get("/nodes");
    assertThat(list(result, "$.nodes[*].node")).containsExactly(0, 1);
    assertThat(list(result, "$.nodes[1].distances")).hasSize(2).contains(10);
    assertThat(list(result, "$.nodes[1].zonelists.Normal[*].node")).containsExactly(1, 0, 0, 0);
    assertThat(list(result, "$.nodes[1].zonelists.Normal[*].zone"))
        .containsExactly("Normal", "Normal", "DMA32", "DMA");
    assertThat(list(result, "$.nodes[1].thisnode_zonelists.Normal[*].node")).containsExactly(1);
  }

  @Test
  void memoryMapComesInPagesAndAsBytes() {
    post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":0}");
    MvcTestResult bytes =
        mvc.get().uri("/pageblocks").accept(MediaType.APPLICATION_OCTET_STREAM).exchange();
    assertThat(bytes).hasStatus(200).hasContentType(MediaType.APPLICATION_OCTET_STREAM);
    assertThat(header(bytes, "Vary")).isEqualTo("Accept");
    assertThat(header(get("/pageblocks"), "Vary")).isEqualTo("Accept");
    byte[] map = bytes.getResponse().getContentAsByteArray();
    assertThat(map).hasSize(32);
    List<String> types = List.of("UNMOVABLE", "MOVABLE", "RECLAIMABLE", "HIGHATOMIC", "ISOLATE");
    String next = "/pageblocks?limit=5";
    int seen = 0;
    while (next != null) {
      MvcTestResult page = get(next);
      for (Map<String, Object> block : ApiTest.<Map<String, Object>>list(page, "$.pageblocks")) {
        int b = map[seen] & 0xff;
        assertThat(block)
            .containsEntry("number", seen)
            .containsEntry("pfn", seen * 512)
            .containsEntry("migratetype", types.get(b & 7))
            .containsEntry("free_level", b >> 3 & 0xf)
            .containsEntry("mixed", b >> 7 == 1);
        seen++;
      }
      next = text(page, "$.next");
    }
    assertThat(seen).isEqualTo(32);
    assertThat(list(get("/pageblocks?zone=DMA"), "$.pageblocks")).hasSize(8);
  }
}
