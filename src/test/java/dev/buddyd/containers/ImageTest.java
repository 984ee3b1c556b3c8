package dev.buddyd.containers;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * The image as it is meant to be run: 256 MiB, read-only, no capabilities, as nobody in particular.
 */
@Tag("containers")
class ImageTest {

  private static final int PORT = 8080;
  private static final int STOP_SECONDS = 30;
  private static final long MEMORY = 256L << 20;
  private static final int ENDED_BY_SIGTERM = 143;

  @BeforeAll
  static void engine() {
    Engine.needed();
  }

  private static GenericContainer<?> buddyd() {
    return new GenericContainer<>(DockerImageName.parse(Engine.image()))
        .withImagePullPolicy(image -> false)
        .withExposedPorts(PORT)
        .withTmpFs(Map.of("/tmp", "rw"))
        .withCreateContainerCmdModifier(
            create -> {
              HostConfig host = Objects.requireNonNull(create.getHostConfig());
              host.withMemory(MEMORY)
                  .withMemorySwap(MEMORY)
                  .withReadonlyRootfs(true)
                  .withCapDrop(Capability.ALL)
                  .withSecurityOpts(List.of("no-new-privileges"));
            })
        // the image's own health check
        .waitingFor(Wait.forHealthcheck())
        .withStartupTimeout(Duration.ofMinutes(3));
  }

  private static Caller caller(GenericContainer<?> container) {
    return new Caller(container.getHost(), container.getMappedPort(PORT));
  }

  private static DockerClient client() {
    return DockerClientFactory.instance().client();
  }

  private static String printed(GenericContainer<?> container, String... command)
      throws IOException, InterruptedException {
    var result = container.execInContainer(command);
    assertThat(result.getExitCode()).as(result.getStderr()).isZero();
    return result.getStdout();
  }

  @Test
  void servesTheDefaultMachineWithin256MiB() throws Exception {
    try (GenericContainer<?> container = buddyd()) {
      container.start();
      Caller http = caller(container);

      assertThat(http.tree("/machine").path("name").asString()).isEqualTo("x86_64");
      HttpResponse<String> granted =
          http.json("POST", "/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":2}");
      assertThat(granted.statusCode()).isEqualTo(201);
      String location = granted.headers().firstValue("Location").orElseThrow();
      assertThat(http.get(location).statusCode()).isEqualTo(200);
      assertThat(http.delete(location).statusCode()).isEqualTo(204);
      HttpResponse<String> again = http.delete(location);
      assertThat(again.statusCode()).isEqualTo(409);
      assertThat(again.body()).contains("/problems/not-allocated");
      assertThat(http.get("/proc/buddyinfo").body()).startsWith("Node 0, zone");
      assertThat(http.get("/actuator/prometheus").body()).contains("node_buddyinfo_blocks{");
      assertThat(http.get("/v3/api-docs").statusCode()).isEqualTo(200);

      // every block of the machine is handed out: the whole frame table is there
      int blocks = 0;
      while (http.json("POST", "/pages", "{\"gfp\":\"GFP_ATOMIC\",\"order\":10,\"owner\":\"all\"}")
              .statusCode()
          == 201) {
        blocks++;
      }
      assertThat(blocks).isGreaterThan(1900);
      for (int i = 0; i < 2000; i++) {
        http.json("POST", "/pages", "{\"gfp\":\"GFP_ATOMIC\",\"order\":0,\"owner\":\"all\"}");
      }
      assertThat(http.delete("/pages?owner=all").statusCode()).isEqualTo(200);
      assertThat(http.tree("/invariants").path("sound").asBoolean()).isTrue();

      InspectContainerResponse.ContainerState state =
          container.getCurrentContainerInfo().getState();
      assertThat(state.getRunning()).isTrue();
      assertThat(state.getOOMKilled()).isFalse();
    }
  }

  @Test
  void runsAsNobodyInParticularAndCanWriteNowhereButTmp() throws Exception {
    try (GenericContainer<?> container = buddyd()) {
      container.start();
      assertThat(printed(container, "id", "-u")).isEqualToIgnoringNewLines("10001");
      assertThat(printed(container, "grep", "CapEff", "/proc/1/status"))
          .contains("0000000000000000");
      for (String folder : List.of("/application", "/data", "/etc", "/")) {
        assertThat(container.execInContainer("touch", folder + "/x").getExitCode())
            .as(folder)
            .isNotZero();
      }
      assertThat(container.execInContainer("touch", "/tmp/x").getExitCode()).isZero();
      assertThat(container.execInContainer("sh", "-c", "command -v javac").getExitCode())
          .as("a runtime, no compiler")
          .isNotZero();
    }
  }

  @Test
  void theAotCacheFitsTheFlagsOfTheEntryPoint() {
    try (GenericContainer<?> container =
        buddyd().withEnv("JDK_JAVA_OPTIONS", "-XX:AOTMode=on")) { // else it is dropped in silence
      container.start();
      assertThat(caller(container).get("/machine").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void saysWhatItIsMadeOf() throws Exception {
    var labels =
        Objects.requireNonNull(client().inspectImageCmd(Engine.image()).exec().getConfig())
            .getLabels();
    assertThat(labels)
        .containsEntry("org.opencontainers.image.title", "buddyd")
        .containsEntry("org.opencontainers.image.licenses", "Apache-2.0")
        .containsKeys("org.opencontainers.image.version", "org.opencontainers.image.revision");
    try (GenericContainer<?> container = buddyd()) {
      container.start();
      String sbom = printed(container, "cat", "/application/sbom.cdx.json");
      assertThat(sbom).contains("\"bomFormat\"", "CycloneDX", "tomcat-embed-core");
      assertThat(caller(container).get("/actuator/sbom/application").body())
          .contains("tomcat-embed-core");
    }
  }

  @Test
  void onStopStreamsEndAndRequestsFinish() throws Exception {
    try (GenericContainer<?> container = buddyd()) {
      container.start();
      HttpResponse<Stream<String>> events =
          caller(container).stream("/events").get(1, TimeUnit.MINUTES);
      assertThat(events.statusCode()).isEqualTo(200);

      String body = "{\"gfp\":\"GFP_KERNEL\",\"order\":1}";
      try (Socket late = new Socket(container.getHost(), container.getMappedPort(PORT))) {
        late.setSoTimeout((int) Duration.ofMinutes(1).toMillis());
        OutputStream out = late.getOutputStream();
        write(
            out,
            "POST /pages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body.substring(0, 10));
        Thread.sleep(1000);
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> stop(container));
        Thread.sleep(1000);
        write(out, body.substring(10));
        String answer = new String(late.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(answer).startsWith("HTTP/1.1 201");
        stopped.get(1, TimeUnit.MINUTES);
      }
      assertThat(events.body().count())
          .isNotNegative(); // comes to an end, and without an exception
      assertThat(container.getCurrentContainerInfo().getState().getExitCodeLong())
          .isEqualTo(ENDED_BY_SIGTERM);
    }
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static void stop(GenericContainer<?> container) {
    client().stopContainerCmd(container.getContainerId()).withTimeout(STOP_SECONDS).exec();
  }

  @Test
  void aGracefulRestartKeepsTheMachineOnItsVolume() {
    String volume = "buddyd-test-" + UUID.randomUUID();
    try {
      String location;
      String etag;
      try (GenericContainer<?> first = onVolume(volume)) {
        first.start();
        Caller http = caller(first);
        http.json("PUT", "/machine", "{\"preset\":\"x86_32\"}");
        HttpResponse<String> granted =
            http.json(
                "POST", "/pages", "{\"gfp\":\"GFP_HIGHUSER\",\"order\":3,\"owner\":\"kept\"}");
        assertThat(granted.statusCode()).isEqualTo(201);
        location = granted.headers().firstValue("Location").orElseThrow();
        etag = http.get("/machine").headers().firstValue("ETag").orElseThrow();
        stop(first);
      }
      try (GenericContainer<?> second = onVolume(volume)) {
        second.start();
        Caller http = caller(second);
        assertThat(http.tree("/machine").path("name").asString()).isEqualTo("x86_32");
        assertThat(http.tree(location).path("state").asString()).isEqualTo("allocated");
        assertThat(http.get(location).body()).contains("\"kept\"");
        assertThat(http.get("/machine").headers().firstValue("ETag").orElseThrow())
            .as("a restore starts a new epoch")
            .isNotEqualTo(etag);
        assertThat(http.tree("/invariants").path("sound").asBoolean()).isTrue();
      }
    } finally {
      client().removeVolumeCmd(volume).exec();
    }
  }

  private static GenericContainer<?> onVolume(String volume) {
    return buddyd()
        .withEnv("BUDDYD_SNAPSHOT_PATH", "/data/machine.gz")
        .withCreateContainerCmdModifier(
            create ->
                Objects.requireNonNull(create.getHostConfig())
                    .withBinds(new Bind(volume, new Volume("/data"))));
  }
}
