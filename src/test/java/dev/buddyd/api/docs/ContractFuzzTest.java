package dev.buddyd.api.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.BuddydApplication;
import dev.buddyd.api.docs.ContractDocument.Operation;
import dev.buddyd.config.Presets;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.TestMachines;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests made from the contract, sound and broken, to every operation: the service never errs,
 * every answer is documented and has the documented form, and the machine stays sound.
 */
class ContractFuzzTest {

  private static final List<String> WORDS =
      List.of(
          "",
          "0",
          "-1",
          "1",
          "3",
          "10",
          "11",
          "4096",
          "0x100",
          "0x100000",
          "99999999999999999999",
          "abc",
          "GFP_KERNEL",
          "GFP_ATOMIC|__GFP_COMP",
          "GFP_KERNAL",
          "Normal",
          "DMA32",
          "tiny",
          "true",
          "maybe",
          "a b",
          "ünï",
          "%",
          "../../etc/passwd",
          "min_free_kbytes",
          "7".repeat(300));

  private static final List<String> MEDIA =
      List.of(
          "*/*",
          "application/json",
          "text/plain",
          "application/octet-stream",
          "text/html",
          "image/png");

  private static ConfigurableApplicationContext service;
  private static ContractDocument contract;
  private static HttpClient client;
  private static int port;

  private final JsonMapper json = new JsonMapper();

  @BeforeContainer
  static void start() throws IOException {
    contract = new ContractDocument();
    service =
        SpringApplication.run(BuddydApplication.class, "--server.port=0", "--buddyd.preset=tiny");
    port = Integer.parseInt(service.getEnvironment().getRequiredProperty("local.server.port"));
    client = HttpClient.newHttpClient();
  }

  @AfterContainer
  static void stop() {
    client.close();
    service.close();
  }

  @Property(tries = 40, seed = "20261128", shrinking = ShrinkingMode.OFF)
  void everyAnswerIsDocumented(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    for (Operation operation : contract.operations()) {
      check(operation, random);
    }
    MachineService machines = service.getBean(MachineService.class);
    TestMachines.assertSound(machines.current());
    machines.boot(service.getBean(Presets.class).get("tiny"));
  }

  @Property(tries = 1000, shrinking = ShrinkingMode.OFF)
  @Tag("slow")
  void everyAnswerIsDocumentedForLong(@ForAll long seed) throws Exception {
    everyAnswerIsDocumented(seed);
  }

  private void check(Operation operation, Random random) throws Exception {
    HttpRequest request = request(operation, random);
    HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
    String body = new String(response.body(), StandardCharsets.UTF_8);
    String what =
        "%s: %s %s with %s -> %d %s"
            .formatted(
                operation,
                request.method(),
                request.uri(),
                request.headers().map(),
                response.statusCode(),
                body.substring(0, Math.min(300, body.length())));
    assertThat(response.statusCode()).as(what).isLessThan(500);
    assertThat(
            contract.violation(
                operation,
                response.statusCode(),
                response.headers().firstValue("content-type").orElse(""),
                body))
        .as(what)
        .isEmpty();
  }

  // ---- requests

  private HttpRequest request(Operation operation, Random random) {
    String path = operation.path();
    for (JsonNode parameter : operation.parameters("path")) {
      path =
          path.replace(
              "{" + parameter.path("name").asString() + "}", encoded(value(parameter, random)));
    }
    List<String> query = new ArrayList<>();
    for (JsonNode parameter : operation.parameters("query")) {
      String name = parameter.path("name").asString();
      boolean always = operation.path().equals("/events") && name.equals("limit");
      if (always || random.nextInt(3) == 0) {
        query.add(name + "=" + encoded(always ? "3" : value(parameter, random)));
      }
    }
    if (random.nextInt(20) == 0) {
      query.add("unknown=1");
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:%d%s%s"
                        .formatted(
                            port, path, query.isEmpty() ? "" : "?" + String.join("&", query))))
            .timeout(Duration.ofSeconds(60));
    for (JsonNode parameter : operation.parameters("header")) {
      if (random.nextInt(4) == 0) {
        request.header(
            parameter.path("name").asString(), pick(List.of("\"1-1\"", "*", "x", "1-2"), random));
      }
    }
    if (random.nextInt(3) == 0) {
      request.header("Accept", pick(MEDIA, random));
    }
    JsonNode content = operation.node().path("requestBody").path("content");
    if (content.isMissingNode() || random.nextInt(30) == 0) {
      return request
          .method(operation.method().toUpperCase(Locale.ROOT), BodyPublishers.noBody())
          .build();
    }
    Map.Entry<String, JsonNode> media = pick(List.copyOf(content.properties()), random);
    request.header(
        "Content-Type",
        random.nextInt(15) == 0
            ? pick(List.of("application/xml", "text/plain"), random)
            : media.getKey());
    return request
        .method(
            operation.method().toUpperCase(Locale.ROOT),
            BodyPublishers.ofString(body(media.getValue(), random)))
        .build();
  }

  /** A parameter's value: its example, one of its type, or something else. */
  private String value(JsonNode parameter, Random random) {
    JsonNode example = parameter.path("example");
    if (!example.isMissingNode() && random.nextInt(2) == 0) {
      return example.asString();
    }
    return switch (parameter.path("schema").path("type").asString("")) {
      case "boolean" ->
          random.nextInt(5) == 0 ? pick(WORDS, random) : String.valueOf(random.nextBoolean());
      case "integer" ->
          random.nextInt(3) == 0 ? pick(WORDS, random) : String.valueOf(random.nextInt(12) - 1);
      default -> pick(WORDS, random);
    };
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text.isEmpty() ? " " : text, StandardCharsets.UTF_8)
        .replace("+", "%20");
  }

  /** A body: an example, one made from the schema, either with something changed, or noise. */
  private String body(JsonNode media, Random random) {
    List<JsonNode> examples = new ArrayList<>();
    media.path("examples").forEach(e -> examples.add(e.path("value")));
    Supplier<JsonNode> made =
        () ->
            !examples.isEmpty() && random.nextBoolean()
                ? pick(examples, random)
                : instance(media.path("schema"), random, 0);
    JsonNode body = made.get();
    if (body.isString()) {
      String text = body.asString();
      return random.nextInt(3) == 0 ? text.substring(0, random.nextInt(text.length() + 1)) : text;
    }
    if (body instanceof ObjectNode object && random.nextInt(2) == 0) {
      body = changed(object.deepCopy(), random);
    }
    String text = json.writeValueAsString(body);
    return random.nextInt(12) == 0 ? text.substring(0, random.nextInt(text.length() + 1)) : text;
  }

  private ObjectNode changed(ObjectNode object, Random random) {
    List<String> names = List.copyOf(object.propertyNames());
    if (names.isEmpty() || random.nextInt(5) == 0) {
      return object.put("unknown", 1);
    }
    String name = pick(names, random);
    switch (random.nextInt(4)) {
      case 0 -> object.remove(name);
      case 1 -> object.putNull(name);
      case 2 -> object.put(name, random.nextInt());
      default -> object.put(name, pick(WORDS, random));
    }
    return object;
  }

  private JsonNode instance(JsonNode schema, Random random, int depth) {
    JsonNode resolved = contract.resolved(schema);
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    for (String choice : List.of("oneOf", "anyOf")) {
      if (resolved.has(choice)) {
        return instance(pick(List.copyOf(resolved.path(choice).values()), random), random, depth);
      }
    }
    JsonNode types = resolved.path("type");
    String type = types.isArray() ? types.get(0).asString() : types.asString("object");
    return switch (type) {
      case "integer" -> nodes.numberNode(random.nextInt(40) - 2);
      case "number" -> nodes.numberNode(random.nextDouble());
      case "boolean" -> nodes.booleanNode(random.nextBoolean());
      case "string" -> nodes.stringNode(pick(WORDS, random));
      case "array" -> {
        var array = nodes.arrayNode();
        for (int i = random.nextInt(3); i > 0 && depth < 5; i--) {
          array.add(instance(resolved.path("items"), random, depth + 1));
        }
        yield array;
      }
      case "null" -> nodes.nullNode();
      default -> {
        ObjectNode object = nodes.objectNode();
        for (Map.Entry<String, JsonNode> property : resolved.path("properties").properties()) {
          if (depth < 5 && random.nextInt(3) > 0) {
            object.set(property.getKey(), instance(property.getValue(), random, depth + 1));
          }
        }
        yield object;
      }
    };
  }

  private static <T extends @Nullable Object> T pick(List<T> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }
}
