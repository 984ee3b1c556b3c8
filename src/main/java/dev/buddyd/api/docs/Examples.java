package dev.buddyd.api.docs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls and what the service answered to them, by operation. The files are written by a test that
 * makes these calls, and held against the service by it.
 */
final class Examples {

  private static final String FILES = "classpath*:openapi/examples/*.json";

  /**
   * A call and its answer.
   *
   * @param name what it shows, unique within the operation
   * @param parameters path, query and header parameters by name
   * @param requestType content type of the body sent, if any
   * @param request body sent: JSON, or a string for text
   * @param status of the answer
   * @param responseType content type of the answer, if it has a body
   * @param response body of the answer: JSON, or a string for text
   */
  record Example(
      String name,
      Map<String, String> parameters,
      @Nullable String requestType,
      @Nullable JsonNode request,
      int status,
      @Nullable String responseType,
      @Nullable JsonNode response) {}

  private Examples() {}

  /** All examples by operation id. */
  static Map<String, List<Example>> load(JsonMapper json) {
    Map<String, List<Example>> examples = new TreeMap<>();
    try {
      for (Resource file : new PathMatchingResourcePatternResolver().getResources(FILES)) {
        String operation = Objects.requireNonNull(file.getFilename()).replaceFirst("\\.json$", "");
        try (InputStream in = file.getInputStream()) {
          examples.put(operation, new ArrayList<>(json.readValue(in, new ExampleList())));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return examples;
  }

  private static final class ExampleList extends TypeReference<List<Example>> {}
}
