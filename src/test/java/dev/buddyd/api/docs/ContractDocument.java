package dev.buddyd.api.docs;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** {@code openapi.yaml} as something to test answers against. */
final class ContractDocument {

  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");
  private static final String ADDRESS = "https://contract.invalid/openapi.yaml";

  /** An operation. */
  record Operation(String method, String path, JsonNode node) {

    /** All parameters of a kind: path, query or header. */
    List<JsonNode> parameters(String in) {
      List<JsonNode> found = new ArrayList<>();
      for (JsonNode parameter : node.path("parameters")) {
        if (parameter.path("in").asString().equals(in)) {
          found.add(parameter);
        }
      }
      return found;
    }

    @Override
    public String toString() {
      return method.toUpperCase(Locale.ROOT) + " " + path;
    }
  }

  private final JsonNode document;
  private final SchemaRegistry registry;
  private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

  ContractDocument() throws IOException {
    String text = Files.readString(Path.of("openapi.yaml"));
    document = new YAMLMapper().readTree(text);
    registry =
        SchemaRegistry.withDialect(
            Dialects.getOpenApi31(), builder -> builder.schemas(Map.of(ADDRESS, text)));
  }

  List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        if (METHODS.contains(method.getKey())) {
          operations.add(new Operation(method.getKey(), path.getKey(), method.getValue()));
        }
      }
    }
    return operations;
  }

  /** A schema, or what a reference to one points at. */
  JsonNode resolved(JsonNode schema) {
    String reference = schema.path("$ref").asString("");
    return reference.isEmpty() ? schema : document.at(reference.substring(1));
  }

  /** What is wrong with an answer, if anything. */
  Optional<String> violation(Operation operation, int status, String contentType, String body) {
    JsonNode response = operation.node().path("responses").path(String.valueOf(status));
    if (response.isMissingNode()) {
      return Optional.of("status " + status + " is not documented");
    }
    if (body.isEmpty()) {
      return Optional.empty();
    }
    Set<String> documented = new TreeSet<>();
    for (Map.Entry<String, JsonNode> media : response.path("content").properties()) {
      documented.add(bare(media.getKey()));
      if (bare(media.getKey()).equals(bare(contentType))) {
        return bare(contentType).endsWith("json") && !bare(contentType).contains("ndjson")
            ? invalid(operation, status, media.getKey(), body)
            : Optional.empty();
      }
    }
    return Optional.of(contentType + " is none of the documented " + documented);
  }

  private Optional<String> invalid(Operation operation, int status, String media, String body) {
    String pointer =
        "#/paths/%s/%s/responses/%d/content/%s/schema"
            .formatted(escaped(operation.path()), operation.method(), status, escaped(media));
    Schema schema =
        schemas.computeIfAbsent(pointer, p -> registry.getSchema(SchemaLocation.of(ADDRESS + p)));
    List<Error> errors = schema.validate(body, InputFormat.JSON);
    return errors.isEmpty() ? Optional.empty() : Optional.of(errors.toString());
  }

  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D");
  }

  private static String bare(String mediaType) {
    return mediaType.replaceFirst(";.*", "");
  }
}
