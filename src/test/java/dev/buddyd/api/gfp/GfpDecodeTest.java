package dev.buddyd.api.gfp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.ApiTest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

class GfpDecodeTest extends ApiTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0x40cc0",
        "265408",
        "GFP_KERNEL%7C__GFP_COMP",
        "GFP_KERNEL,__GFP_COMP",
        "GFP_KERNEL+__GFP_COMP"
      })
  @DisplayName("numbers and names in any spelling are the same mask (G-43)")
  void spellings(String mask) {
    MvcTestResult result = get("/gfp?mask=" + mask);
    assertThat(object(result, "$"))
        .containsEntry("mask", "0x40cc0")
        .containsEntry("names", "GFP_KERNEL|__GFP_COMP")
        .containsEntry("highest_zone", "Normal")
        .containsEntry("migratetype", "UNMOVABLE");
  }

  @Test
  @DisplayName("an older kernel's number is read with that kernel's flags (G-51)")
  void olderKernels() {
    MvcTestResult result = get("/gfp?mask=0x14000c0&kernel=4.19");
    assertThat(text(result, "$.kernel")).isEqualTo("4.19");
    assertThat(text(result, "$.mask")).isEqualTo("0x14000c0");
    assertThat(text(get("/gfp?mask=0x6000c0&kernel=4.19"), "$.names")).isEqualTo("GFP_KERNEL");
    assertThat(text(get("/gfp?mask=0x6000c0&kernel=4.19"), "$.modern_mask")).isEqualTo("0xcc0");
  }

  @Test
  @DisplayName("a contradiction is explained instead of refused (G-20)")
  void contradiction() {
    MvcTestResult result = get("/gfp?mask=__GFP_DMA,__GFP_HIGHMEM");
    assertThat(result).hasStatus(200);
    assertThat(text(result, "$.problems[0].kind")).isEqualTo("zones_contradict");
    assertThat(json(result, "$.highest_zone")).isNull();
  }

  @Test
  void textForATerminal() {
    MvcTestResult result =
        mvc.get().uri("/gfp?mask=0x6000c0&kernel=4.19").accept(MediaType.TEXT_PLAIN).exchange();
    assertThat(result).hasStatus(200).hasContentTypeCompatibleWith(MediaType.TEXT_PLAIN);
    assertThat(result)
        .bodyText()
        .contains("0x6000c0  GFP_KERNEL (Linux 4.19)")
        .contains("6.12      0xcc0 GFP_KERNEL")
        .contains("__GFP_IO (0x40): ");
    MvcTestResult contradiction =
        mvc.get().uri("/gfp?mask=__GFP_DMA,__GFP_HIGHMEM").accept(MediaType.TEXT_PLAIN).exchange();
    assertThat(contradiction).bodyText().contains("zones     none", "! ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*/*                                     | application/json",
        "text/plain;q=0.5, application/json      | application/json",
        "text/html, text/plain;q=0.9, */*;q=0.8  | text/plain;charset=UTF-8",
        "text/*                                  | text/plain;charset=UTF-8"
      })
  void jsonOrTextAsTheClientLikesBest(String accept, String type) {
    MvcTestResult result = mvc.get().uri("/gfp?mask=0xcc0").header("Accept", accept).exchange();
    assertThat(result.getResponse().getContentType()).isEqualTo(type);
  }

  @Test
  void historicalNameSaysWhatItBecame() {
    assertThat(text(get("/gfp?mask=__GFP_WAIT"), "$.tokens[0].note")).isNotBlank();
  }
}
