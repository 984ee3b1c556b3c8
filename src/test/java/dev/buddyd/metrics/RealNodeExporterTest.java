package dev.buddyd.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The twin against the exporter that it is a twin of, which reads our {@code /proc} texts from a
 * directory. Needs prometheus-node-exporter on the path.
 */
@Tag("realtools")
class RealNodeExporterTest {

  @TempDir Path proc;

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "x86_64", "x86_64-numa", "x86_32", "arm64", "arm64-64k"})
  @DisplayName("T-1 T-10 T-15 T-20: names, types, help texts, labels and values are the same")
  void twinShowsWhatTheRealExporterShows(String preset) throws Exception {
    ScrapedMachine scraped = new ScrapedMachine(preset).used();
    scraped.materialise(proc);
    Exposition real =
        Exposition.parse(realScrape())
            .only("node_")
            .without("node_scrape_")
            .without("node_exporter_");
    Exposition ours = scraped.scrape().only("node_");

    assertThat(real.samples()).isNotEmpty();
    assertThat(ours.types()).containsExactlyInAnyOrderEntriesOf(real.types());
    assertThat(ours.helps()).containsExactlyInAnyOrderEntriesOf(real.helps());
    assertThat(ours.samples()).containsExactlyInAnyOrderEntriesOf(real.samples());
  }

  private String realScrape() throws IOException, InterruptedException {
    int port = freePort();
    Path log = Files.createTempFile("node-exporter", ".log");
    Process exporter =
        new ProcessBuilder(
                "prometheus-node-exporter",
                "--web.listen-address=127.0.0.1:" + port,
                "--path.procfs=" + proc,
                "--collector.disable-defaults",
                "--collector.buddyinfo",
                "--collector.zoneinfo",
                "--collector.meminfo",
                "--collector.vmstat",
                "--collector.vmstat.fields=.*",
                "--web.disable-exporter-metrics")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
      return Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .until(
              () -> client.send(request, BodyHandlers.ofString()).body(),
              body -> body.contains("node_scrape_collector_success{collector=\"vmstat\"} 1"));
    } finally {
      exporter.destroy();
      exporter.waitFor();
      Files.delete(log);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
