package dev.buddyd.api.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import dev.buddyd.api.ApiTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * {@code openapi.yaml} is the contract: the running service must offer just that.
 *
 * <pre>./mvnw test -Dtest=OpenApiContractTest -Dopenapi.update=true    # writes the file anew</pre>
 */
class OpenApiContractTest extends ApiTest {

  private static final Path CONTRACT = Path.of("openapi.yaml");

  private final ObjectMapper json =
      new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);
  private final ObjectMapper yaml =
      new ObjectMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
              .stringQuotingChecker(new QuotesHexadecimals())
              .build());

  /** A bare 0x4cc0 is a number in YAML. */
  private static final class QuotesHexadecimals extends StringQuotingChecker.Default {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean needToQuoteValue(String value) {
      return super.needToQuoteValue(value) || value.matches("0[xX][0-9a-fA-F]+");
    }
  }

  private JsonNode served() throws IOException {
    byte[] document = get("/v3/api-docs").getResponse().getContentAsByteArray();
    Object sorted = json.readValue(document, TreeMap.class);
    return json.readTree(json.writeValueAsBytes(sorted));
  }

  @Test
  void theServiceOffersWhatTheContractSays() throws IOException {
    JsonNode served = served();
    if (Boolean.getBoolean("openapi.update")) {
      Files.writeString(CONTRACT, yaml.writeValueAsString(served));
    }
    assertThat(json.writerWithDefaultPrettyPrinter().writeValueAsString(served))
        .isEqualTo(
            json.writerWithDefaultPrettyPrinter()
                .writeValueAsString(
                    json.treeToValue(yaml.readTree(CONTRACT.toFile()), TreeMap.class)));
  }

  @Test
  void everyCallOfTheTourIsThere() throws IOException {
    JsonNode paths = served().path("paths");
    assertThat(paths.has("/pages")).isTrue();
    assertThat(paths.path("/pages/{pfn}").has("delete")).isTrue();
    assertThat(paths.has("/proc/buddyinfo")).isTrue();
  }
}
