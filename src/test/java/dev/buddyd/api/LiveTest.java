package dev.buddyd.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.config.Presets;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.TestMachines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * Base of tests of what only a real connection shows: streams, gzip, slow clients. Each test starts
 * with a freshly booted {@code tiny} machine and ends with a sound one.
 */
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = "buddyd.limits.upload-inflated=80MB") // a bomb need not be larger
public abstract class LiveTest {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @LocalServerPort protected int port;
  @Autowired protected MachineService machines;
  @Autowired protected Presets presets;

  @BeforeEach
  void bootTiny() {
    machines.boot(presets.get("tiny"));
  }

  @AfterEach
  void machineIsSound() {
    TestMachines.assertSound(machines.current());
  }

  protected URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  protected HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path));
  }

  protected static BodyPublisher body(byte[] bytes) {
    return BodyPublishers.ofByteArray(bytes);
  }

  protected static BodyPublisher body(String text) {
    return BodyPublishers.ofString(text);
  }

  protected HttpResponse<byte[]> send(HttpRequest.Builder request) {
    try {
      return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  protected static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  protected static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name.toLowerCase(Locale.ROOT)).orElse("");
  }

  /** A plain connection, for clients that behave as no library would. */
  protected Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  protected static void assertProblem(HttpResponse<byte[]> response, String slug, int status) {
    assertThat(response.statusCode()).as(text(response)).isEqualTo(status);
    assertThat(header(response, "Content-Type")).startsWith("application/problem+json");
    assertThat(text(response)).contains("\"type\":\"/problems/" + slug + "\"");
  }
}
