package dev.buddyd.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What can be said of {@code docker-compose.yml} without an engine. */
class ComposeFileTest {

  private static JsonNode services() throws IOException {
    return JsonMapper.shared()
        .valueToTree(new Yaml().load(Files.readString(Path.of("docker-compose.yml"))))
        .path("services");
  }

  @Test
  void everyImageOfOthersIsPinnedAndIsTheOneThatIsTested() throws IOException {
    String script = Files.readString(Path.of("scripts/containers"));
    for (Map.Entry<String, JsonNode> service : services().properties()) {
      String image = service.getValue().path("image").asString();
      if (service.getKey().equals("buddyd")) {
        continue;
      }
      assertThat(image).matches("[a-z/-]+:v?\\d+\\.\\d+\\.\\d+");
      if (!service.getKey().equals("grafana")) { // Debian has no package of it
        assertThat(script).contains("=" + image + "\n");
      }
    }
  }

  @Test
  void nothingIsOpenToTheNetworkOrHasMoreRightsThanItNeeds() throws IOException {
    assertThat(services()).hasSize(5);
    for (Map.Entry<String, JsonNode> service : services().properties()) {
      JsonNode what = service.getValue();
      assertThat(what.path("cap_drop").toString()).as(service.getKey()).isEqualTo("[\"ALL\"]");
      assertThat(what.path("security_opt").toString()).contains("no-new-privileges:true");
      assertThat(what.path("mem_limit").asString()).isNotEmpty();
      what.path("ports").forEach(port -> assertThat(port.asString()).startsWith("127.0.0.1:"));
    }
  }

  @Test
  void everyMountedFileIsThere() throws IOException {
    for (JsonNode service : services()) {
      for (JsonNode volume : service.path("volumes")) {
        List<String> parts = List.of(volume.asString().split(":", -1));
        if (parts.getFirst().startsWith("./")) {
          assertThat(Path.of(parts.getFirst())).exists();
          assertThat(parts.getLast()).isEqualTo("ro");
        }
      }
    }
  }
}
