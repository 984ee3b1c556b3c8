package dev.buddyd.api.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.docs.ExampleCalls.Call;
import dev.buddyd.api.docs.Examples.Example;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.TestMachines;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.StringNode;

/**
 * The examples of the document are what the service answers to them, from a fresh start on.
 *
 * <pre>./mvnw test -Dtest=ExamplesTest -Dexamples.update=true    # writes them anew</pre>
 */
@SpringBootTest(properties = "spring.application.name=examples") // a machine of its own, epoch 1
@AutoConfigureMockMvc
class ExamplesTest {

  private static final Path FILES = Path.of("src/main/resources/openapi/examples");

  /** Longer lists and texts teach nothing more. */
  private static final int ELEMENTS = 3;

  private static final int CHARACTERS = 1500;

  /** Operations whose success is a whole file. */
  private static final Set<String> LARGE_FILES = Set.of("putSnapshot", "getReplayRecording");

  @Autowired private MockMvcTester mvc;
  @Autowired private MachineService machines;

  private final JsonMapper json =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  @Test
  void everyExampleIsWhatTheServiceAnswers() throws IOException {
    Map<String, List<Example>> answered = new TreeMap<>();
    for (Call call : ExampleCalls.all()) {
      List<Example> of = answered.computeIfAbsent(call.operation(), o -> new ArrayList<>());
      assertThat(of).extracting(Example::name).doesNotContain(call.name());
      of.add(made(call));
    }
    answered.remove(ExampleCalls.PREPARATION);
    if (Boolean.getBoolean("examples.update")) {
      Files.createDirectories(FILES);
      for (Map.Entry<String, List<Example>> entry : answered.entrySet()) {
        Files.writeString(file(entry.getKey()), json.writeValueAsString(entry.getValue()) + "\n");
      }
    }
    for (Map.Entry<String, List<Example>> entry : answered.entrySet()) {
      assertThat(json.writeValueAsString(entry.getValue()) + "\n")
          .as(entry.getKey())
          .isEqualTo(Files.readString(file(entry.getKey())));
    }
    TestMachines.assertSound(machines.current());
  }

  @Test
  void everyOperationShowsASuccessAndAMistake() throws IOException {
    for (ContractDocument.Operation operation : new ContractDocument().operations()) {
      String id = operation.node().path("operationId").asString();
      List<Integer> kinds = new ArrayList<>();
      for (JsonNode example : json.readTree(Files.readString(file(id)))) {
        kinds.add(example.path("status").asInt() / 100);
      }
      assertThat(kinds).as(id).contains(4);
      if (!LARGE_FILES.contains(id)) {
        assertThat(kinds).as(id).contains(2);
      }
    }
  }

  private static Path file(String operation) {
    return FILES.resolve(operation + ".json");
  }

  private Example made(Call call) throws IOException {
    var request = mvc.method(HttpMethod.valueOf(call.method())).uri(URI.create(call.uri()));
    call.headers().forEach(request::header);
    if (call.contentType() != null) {
      request.contentType(MediaType.parseMediaType(call.contentType())).content(call.body());
    }
    MvcTestResult result = request.exchange();
    MockHttpServletResponse response = result.getResponse();
    String type = response.getContentType();
    byte[] body = response.getContentAsByteArray();
    return new Example(
        call.name(),
        call.parameters(),
        call.contentType(),
        node(call.contentType(), call.body()),
        response.getStatus(),
        type == null || body.length == 0 ? null : documented(type),
        body.length == 0 ? null : node(type, new String(body, StandardCharsets.UTF_8)));
  }

  private static String documented(String type) {
    return type.replaceFirst(";(?!charset=UTF-8).*", "").replaceFirst("(json);.*", "$1");
  }

  private @Nullable JsonNode node(@Nullable String type, @Nullable String body) {
    if (type == null || body == null) {
      return null;
    }
    if (MediaType.parseMediaType(type).getSubtype().endsWith("json") && !type.contains("nd")) {
      return shortened(json.readTree(body));
    }
    return StringNode.valueOf(
        body.length() <= CHARACTERS
            ? body
            : body.substring(0, body.lastIndexOf('\n', CHARACTERS) + 1) + "...\n");
  }

  private static JsonNode shortened(JsonNode node) {
    if (node instanceof ArrayNode array) {
      while (array.size() > ELEMENTS) {
        array.remove(array.size() - 1);
      }
    }
    node.forEach(ExamplesTest::shortened);
    return node;
  }
}
