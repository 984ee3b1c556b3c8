package dev.buddyd.mm.gfp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageCallTest {

  @DisplayName("G-23, B-92: what each function makes of a mask")
  @ParameterizedTest(name = "{1}({2}) asks for {3}")
  @CsvSource({
    "ALLOC_PAGES, alloc_pages, GFP_HIGHUSER, GFP_HIGHUSER",
    "ALLOC_PAGE, alloc_page, GFP_HIGHUSER, GFP_HIGHUSER",
    "ALLOC_PAGES_NODE, alloc_pages_node, GFP_HIGHUSER, GFP_HIGHUSER",
    "FOLIO_ALLOC, folio_alloc, GFP_HIGHUSER, GFP_HIGHUSER|__GFP_COMP",
    "GET_FREE_PAGES, __get_free_pages, GFP_HIGHUSER, GFP_USER",
    "GET_FREE_PAGE, __get_free_page, GFP_HIGHUSER, GFP_USER",
    "GET_ZEROED_PAGE, get_zeroed_page, GFP_HIGHUSER, GFP_USER|__GFP_ZERO",
    "GET_DMA_PAGES, __get_dma_pages, GFP_KERNEL, GFP_KERNEL|GFP_DMA",
    "ALLOC_PAGES_EXACT, alloc_pages_exact, GFP_HIGHUSER|__GFP_COMP, GFP_USER"
  })
  void masks(PageCall call, String name, String asked, String seen) {
    assertThat(new GfpMask(call.mask(GfpMask.parse(asked).bits())).print()).isEqualTo(seen);
    assertThat(call.kernelName()).isEqualTo(name);
  }
}
