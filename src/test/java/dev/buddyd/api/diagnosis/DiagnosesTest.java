package dev.buddyd.api.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.ApiTest;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

class DiagnosesTest extends ApiTest {

  private static final String REPORT =
      """
      app: page allocation failure: order:0, mode:0x820(GFP_ATOMIC), nodemask=(null)
      CPU: 0 PID: 1 Comm: app Not tainted 6.12.0 #1
      Mem-Info:
      Node 0 Normal free:100kB boost:0kB min:1000kB low:1250kB high:1500kB \
      reserved_highatomic:0KB managed:100000kB free_cma:0kB
      lowmem_reserve[]: 0 0 0
      Node 0 Normal: 25*4kB (U) 0*8kB 0*16kB = 100kB
      """;

  private MvcTestResult send(String text, MediaType accept) {
    return mvc.post()
        .uri("/diagnoses")
        .contentType(MediaType.TEXT_PLAIN)
        .accept(accept)
        .content(text)
        .exchange();
  }

  @Test
  void aReportGetsItsCause() {
    MvcTestResult found = send(REPORT, MediaType.ALL);
    assertThat(found).hasStatus(200);
    assertThat(found).bodyJson().extractingPath("$.reports[0].cause").isEqualTo("below-watermark");
    assertThat(found).bodyJson().extractingPath("$.reports[0].gfp_mask").isEqualTo("0x820");
    assertThat(found)
        .bodyJson()
        .extractingPath("$.reports[0].zones[0].watermark_ok")
        .isEqualTo(false);
    assertThat(send(REPORT, MediaType.TEXT_PLAIN)).bodyText().contains("cause: below-watermark");
  }

  @Test
  void textWithoutAReportSaysWhatWasLookedFor() {
    assertProblem(send("hello\n", MediaType.ALL), "no-report-found", 422);
    assertThat(send("hello\n", MediaType.ALL))
        .bodyJson()
        .extractingPath("$.looked_for")
        .asArray()
        .isNotEmpty();
  }

  @Test
  void procTextsWithoutAQuestionAreToldHowToAsk() {
    MvcTestResult found =
        send("Node 0, zone   Normal  7  5  3  1  0  0  0  0  0  0  1\n", MediaType.ALL);
    assertProblem(found, "no-report-found", 422);
    assertThat(text(found, "$.detail")).contains("?gfp=").doesNotContain("no /proc");
  }

  private MvcTestResult ask(String query, String text) {
    return mvc.post()
        .uri(URI.create("/diagnoses?" + query))
        .contentType(MediaType.TEXT_PLAIN)
        .content(text)
        .exchange();
  }

  @Test
  void aQuestionIsAnsweredFromTheMemoryOfAReportByTheRulesOfItsKernel() {
    MvcTestResult found = ask("gfp=GFP_ATOMIC&order=0", REPORT.replace("free:100kB", "free:900kB"));
    assertThat(found).hasStatus(200);
    assertThat(text(found, "$.reports[0].kind")).isEqualTo("question");
    assertThat(text(found, "$.reports[0].rules")).isEqualTo("6.12.0");
    assertThat(text(found, "$.reports[0].severity")).startsWith("none");
    assertThat(text(ask("gfp=GFP_ATOMIC&order=0&kernel=4.9", REPORT), "$.reports[0].gfp_mask"))
        .isEqualTo("0x2080020");
    assertProblem(ask("gfp=GFP_ATOMIC", REPORT), "invalid-request", 400);
    assertProblem(ask("gfp=GFP_ATOMIC&order=-1", REPORT), "invalid-order", 400);
  }

  @Test
  void aTextThatShowsNoMemoryIsToldSo() {
    String header = REPORT.substring(0, REPORT.indexOf("Mem-Info"));
    String old = "Zone:Normal freepages: 940kB min: 1020kB low: 2040kB high: 3060kB\n";
    for (String none : List.of("hello\n", header, old)) {
      MvcTestResult answer = ask("gfp=GFP_KERNEL&order=0", none);
      assertProblem(answer, "no-report-found", 422);
      assertThat(text(answer, "$.detail")).contains("no memory", "from 2.6 on");
    }
    assertThat(ask("gfp=GFP_KERNEL&order=0&kernel=2.6.32", old)).hasStatus(200);
  }

  @Test
  void textsWithAByteOrderMarkAreRead() {
    String marked = "\ufeff" + REPORT;
    for (Charset charset :
        List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
      MvcTestResult found =
          mvc.post()
              .uri("/diagnoses")
              .contentType(MediaType.TEXT_PLAIN)
              .content(marked.getBytes(charset))
              .exchange();
      assertThat(found).as(charset.name()).hasStatus(200);
      assertThat(text(found, "$.reports[0].task")).isEqualTo("app");
      assertThat(text(found, "$.reports[0].cause")).isEqualTo("below-watermark");
    }
  }
}
