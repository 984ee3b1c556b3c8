package dev.buddyd.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.LiveTest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the service shows, and to whom. */
class ExposureTest extends LiveTest {

  @ParameterizedTest
  @CsvSource({
    "POST,/pages",
    "DELETE,/pages/1",
    "DELETE,/pages?owner=x",
    "POST,/operations",
    "POST,/ticks",
    "PUT,/machine",
    "PUT,/machine/snapshot",
    "PUT,/proc/sys/vm/min_free_kbytes",
    "POST,/replays",
    "DELETE,/replays/1",
    "POST,/diagnoses"
  })
  void pagesOfOtherSitesChangeNothing(String method, String path) {
    long epoch = machines.current().epoch();
    long sequence = machines.current().events().lastSequence();

    HttpResponse<byte[]> answer =
        send(
            request(path)
                .header("Sec-Fetch-Site", "cross-site")
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString("{\"op\":\"tick\"}")));

    assertProblem(answer, "cross-site", 403);
    assertThat(machines.current().epoch()).isEqualTo(epoch);
    assertThat(machines.current().events().lastSequence()).isEqualTo(sequence);
  }

  @ParameterizedTest
  @ValueSource(strings = {"same-origin", "same-site", "none"})
  void pagesOfThisSiteMay(String site) {
    HttpResponse<byte[]> answer =
        send(
            request("/pages")
                .header("Sec-Fetch-Site", site)
                .header("Content-Type", "application/json")
                .POST(body("{\"gfp\":\"GFP_KERNEL\"}")));
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(send(request("/zones").header("Sec-Fetch-Site", "cross-site")).statusCode())
        .isEqualTo(200);
  }

  @Test
  void noOtherSiteIsAllowedToRead() {
    HttpResponse<byte[]> preflight =
        send(
            request("/pages")
                .header("Origin", "https://example.org")
                .header("Access-Control-Request-Method", "POST")
                .method("OPTIONS", BodyPublishers.noBody()));
    HttpResponse<byte[]> read = send(request("/zones").header("Origin", "https://example.org"));

    assertThat(preflight.headers().map().keySet())
        .noneMatch(name -> name.startsWith("access-control-"));
    assertThat(read.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control-"));
  }

  @Test
  void actuatorShowsFourThings() {
    String index = text(send(request("/actuator")));
    for (String shown : new String[] {"health", "prometheus", "info", "sbom"}) {
      assertThat(index).contains("\"" + shown + "\":");
      assertThat(send(request("/actuator/" + shown)).statusCode()).as(shown).isEqualTo(200);
    }
    for (String hidden :
        new String[] {
          "beans",
          "caches",
          "conditions",
          "configprops",
          "env",
          "heapdump",
          "httpexchanges",
          "loggers",
          "logfile",
          "mappings",
          "metrics",
          "quartz",
          "scheduledtasks",
          "sessions",
          "shutdown",
          "startup",
          "threaddump"
        }) {
      assertThat(index).doesNotContain("\"" + hidden + "\"");
      assertProblem(send(request("/actuator/" + hidden)), "not-found", 404);
    }
    HttpResponse<byte[]> shutdown =
        send(request("/actuator/shutdown").POST(BodyPublishers.noBody()));
    assertThat(shutdown.statusCode()).isIn(404, 405);
  }

  @Test
  void answersCarryNoNameOfTheServerAndAPolicy() {
    HttpResponse<byte[]> answer = send(request("/zones"));
    assertThat(header(answer, "Server")).isEmpty();
    assertThat(header(answer, "X-Powered-By")).isEmpty();
    assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(header(answer, "Content-Security-Policy")).contains("frame-ancestors 'none'");
  }
}
