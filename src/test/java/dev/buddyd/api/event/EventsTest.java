package dev.buddyd.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.ApiTest;
import dev.buddyd.mm.zone.Sysctls;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** The bounded form of {@code GET /events}; streams that stay open are tested on a socket. */
class EventsTest extends ApiTest {

  private static String text(MvcTestResult result) {
    return new String(result.getResponse().getContentAsByteArray(), StandardCharsets.UTF_8);
  }

  private List<String> lines(String uri) {
    MvcTestResult result = get(uri);
    assertThat(result).hasStatus(200);
    return text(result).lines().toList();
  }

  @Test
  void eventsComeOneALineInTheOrderOfTheirSequence() {
    post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":0,\"owner\":\"demo\"}");
    List<String> lines = lines("/events?limit=100");
    String epoch = Long.toString(machines.current().epoch());
    assertThat(lines).hasSize((int) machines.current().events().lastSequence());
    assertThat(lines.getFirst()).startsWith("{\"id\":\"" + epoch + "-1\",\"sequence\":1,");
    assertThat(lines.getLast())
        .contains("\"event\":\"mm_page_alloc\"", "\"zone\":\"DMA32\"", "\"owner\":\"demo\"");
  }

  @Test
  void aWrittenSysctlTellsItsNameAndNewValue() {
    post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":0,\"owner\":\"demo\"}");
    mvc.put()
        .uri("/proc/sys/vm/swappiness")
        .contentType(MediaType.TEXT_PLAIN)
        .content("42")
        .exchange();
    int number = Sysctls.names().indexOf("swappiness");
    assertThat(lines("/events?limit=100").getLast())
        .contains(
            "\"event\":\"sysctl_write\"",
            "\"sysctl\":\"swappiness\"",
            "\"values\":{\"sysctl\":%d,\"value\":42}".formatted(number));
    assertThat(lines("/events?limit=100").getFirst()).doesNotContain("sysctl");
  }

  @Test
  void aClientGoesOnAfterTheLastEventItSaw() {
    post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":0}");
    String epoch = Long.toString(machines.current().epoch());
    assertThat(lines("/events?limit=1&after=" + epoch + "-1").getFirst())
        .contains("\"sequence\":2,");
    MvcTestResult resumed =
        mvc.get()
            .uri("/events?limit=1")
            .header("Last-Event-ID", epoch + "-2")
            .accept(MediaType.TEXT_EVENT_STREAM)
            .exchange();
    assertThat(text(resumed)).startsWith("id: " + epoch + "-3\nevent: mm_page_alloc\ndata: {");
  }

  @Test
  void eventsOfAnEarlierMachineAreGone() {
    long epoch = machines.current().epoch();
    machines.boot(presets.get("tiny"));
    assertProblem(get("/events?limit=1&after=" + epoch + "-1"), "events-expired", 410);
    assertProblem(get("/events?limit=1&after=yesterday"), "invalid-request", 400);
    assertProblem(get("/events?limit=0"), "invalid-request", 400);
  }
}
