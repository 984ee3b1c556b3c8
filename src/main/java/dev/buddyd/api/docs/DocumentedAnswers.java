package dev.buddyd.api.docs;

import static org.springframework.http.MediaType.TEXT_PLAIN_VALUE;

import dev.buddyd.api.docs.Examples.Example;
import dev.buddyd.api.problem.ProblemType;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.PathItem.HttpMethod;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Adds to each operation what no annotation says: the problems it can answer with, and the calls
 * and answers of {@link Examples}. An answer that an example shows is documented by it.
 */
@Component
class DocumentedAnswers implements OpenApiCustomizer {

  private static final String PROBLEM_JSON = "application/problem+json";
  private static final String PROBLEM_SCHEMA = "#/components/schemas/Problem";
  private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD);

  private final JsonMapper json;
  private final com.fasterxml.jackson.databind.ObjectMapper swaggerJson =
      new com.fasterxml.jackson.databind.ObjectMapper();

  DocumentedAnswers(JsonMapper json) {
    this.json = json;
  }

  @Override
  public void customise(OpenAPI document) {
    document.getComponents().addSchemas("Problem", problemSchema());
    Map<String, List<Example>> examples = Examples.load(json);
    for (PathItem path : document.getPaths().values()) {
      path.readOperationsMap()
          .forEach(
              (method, operation) -> {
                withoutNegotiation(operation);
                textIsText(operation);
                problemsOf(method, operation);
                for (Example example :
                    examples.getOrDefault(operation.getOperationId(), List.of())) {
                  add(operation, example);
                }
              });
    }
  }

  /** {@code Accept} is told by the media types of the answers. */
  private static void withoutNegotiation(Operation operation) {
    if (operation.getParameters() != null) {
      List<Parameter> parameters = new ArrayList<>(operation.getParameters());
      parameters.removeIf(
          p ->
              "header".equals(p.getIn())
                  && p.getName().toLowerCase(Locale.ROOT).startsWith("accept"));
      operation.setParameters(parameters.isEmpty() ? null : parameters);
    }
  }

  /** Whatever the JSON beside it is. */
  private static void textIsText(Operation operation) {
    for (ApiResponse response : operation.getResponses().values()) {
      if (response.getContent() != null) {
        response
            .getContent()
            .computeIfPresent(
                TEXT_PLAIN_VALUE, (name, any) -> new MediaType().schema(new StringSchema()));
      }
    }
  }

  // ---- problems that follow from the kind of operation

  private static void problemsOf(HttpMethod method, Operation operation) {
    problem(operation, ProblemType.INVALID_REQUEST);
    problem(operation, ProblemType.NOT_ACCEPTABLE);
    problem(operation, ProblemType.INTERNAL);
    problem(operation, ProblemType.OVERLOADED);
    if (has(operation, "path")) {
      problem(operation, ProblemType.NOT_FOUND);
    }
    if (has(operation, "If-Match")) {
      problem(operation, ProblemType.STALE_STATE);
    }
    if (!SAFE.contains(method)) {
      problem(operation, ProblemType.READ_ONLY);
      problem(operation, ProblemType.TOO_LARGE);
      problem(operation, ProblemType.UNSUPPORTED_MEDIA_TYPE);
      problem(operation, ProblemType.REQUEST_TIMEOUT);
    }
  }

  /** Whether a parameter is of this kind or has this name. */
  private static boolean has(Operation operation, String kindOrName) {
    return operation.getParameters() != null
        && operation.getParameters().stream()
            .anyMatch(p -> kindOrName.equals(p.getIn()) || kindOrName.equals(p.getName()));
  }

  private static void problem(Operation operation, ProblemType type) {
    String status = String.valueOf(type.status().value());
    if (!operation.getResponses().containsKey(status)) {
      operation.getResponses().addApiResponse(status, problemResponse(type.title()));
    }
  }

  private static ApiResponse problemResponse(String description) {
    return new ApiResponse()
        .description(description)
        .content(
            new Content()
                .addMediaType(
                    PROBLEM_JSON, new MediaType().schema(new Schema<>().$ref(PROBLEM_SCHEMA))));
  }

  private static Schema<?> problemSchema() {
    Schema<?> problem = new ObjectSchema();
    problem.addProperty("type", text("relative URI of the type; `GET` on it explains the problem"));
    problem.addProperty("title", text("the type in words"));
    problem.addProperty("status", new IntegerSchema().description("the HTTP status"));
    problem.addProperty("detail", text("what is wrong here, with the values"));
    problem.addProperty("instance", text("the path that was called"));
    problem.setRequired(List.of("type", "title", "status", "detail"));
    problem.setDescription(
        "A problem (RFC 9457). Each type adds members of its own: the values that `detail`"
            + " mentions.");
    problem.setAdditionalProperties(true);
    return problem;
  }

  private static Schema<?> text(String description) {
    return new StringSchema().description(description);
  }

  // ---- examples

  private void add(Operation operation, Example example) {
    JsonNode request = example.request();
    if (request != null && example.requestType() != null && operation.getRequestBody() != null) {
      put(
          mediaType(operation.getRequestBody().getContent(), example.requestType()),
          example,
          request);
    }
    if (example.status() < 400 && operation.getParameters() != null) {
      for (Parameter parameter : operation.getParameters()) {
        String value = example.parameters().get(parameter.getName());
        if (value != null && parameter.getExample() == null && "path".equals(parameter.getIn())) {
          boolean number = "integer".equals(parameter.getSchema().getType());
          parameter.setExample(number ? (Object) Long.valueOf(value) : value);
        }
      }
    }
    ApiResponse response =
        operation
            .getResponses()
            .computeIfAbsent(
                String.valueOf(example.status()), status -> problemResponse(title(example)));
    JsonNode body = example.response();
    if (body != null && example.responseType() != null) {
      if (response.getContent() == null) {
        response.setContent(new Content());
      }
      put(mediaType(response.getContent(), example.responseType()), example, body);
    }
  }

  private static String title(Example example) {
    JsonNode body = example.response();
    return body != null && body.has("title") ? body.path("title").asString() : example.name();
  }

  /** The entry of a media type, whatever its parameters. */
  private static MediaType mediaType(Content content, String name) {
    String bare = bare(name);
    for (Map.Entry<String, MediaType> entry : content.entrySet()) {
      if (bare(entry.getKey()).equals(bare)) {
        MediaType own = unshared(entry.getValue());
        entry.setValue(own);
        return own;
      }
    }
    MediaType added = new MediaType();
    content.addMediaType(bare, added);
    return added;
  }

  private static String bare(String mediaType) {
    int parameters = mediaType.indexOf(';');
    return parameters < 0 ? mediaType : mediaType.substring(0, parameters);
  }

  /** springdoc puts one and the same object behind several media types. */
  private static MediaType unshared(MediaType media) {
    MediaType own = new MediaType().schema(media.getSchema());
    if (media.getExamples() != null) {
      media.getExamples().forEach(own::addExamples);
    }
    return own;
  }

  private void put(MediaType media, Example example, JsonNode body) {
    media.addExamples(
        example.name(), new io.swagger.v3.oas.models.examples.Example().value(swaggerValue(body)));
  }

  /** The document is made of Jackson 2's nodes. */
  private Object swaggerValue(JsonNode body) {
    try {
      return body.isString()
          ? body.asString()
          : swaggerJson.readTree(json.writeValueAsString(body));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
