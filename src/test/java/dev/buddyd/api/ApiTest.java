package dev.buddyd.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import dev.buddyd.config.Presets;
import dev.buddyd.machine.MachineService;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/**
 * Base of tests of the HTTP interface without a socket. Each test starts with a freshly booted
 * {@code tiny} machine and ends with a sound one.
 */
@SpringBootTest
@AutoConfigureMockMvc
public abstract class ApiTest {

  @Autowired protected MockMvcTester mvc;
  @Autowired protected MachineService machines;
  @Autowired protected Presets presets;

  @BeforeEach
  protected void bootTiny() {
    machines.boot(presets.get("tiny"));
  }

  @AfterEach
  void machineIsSound() {
    assertThat(machines.current().violations()).isEmpty();
  }

  /** Sends JSON to an endpoint. */
  protected MvcTestResult post(String uri, String json) {
    return mvc.post()
        .uri(URI.create(uri))
        .contentType(MediaType.APPLICATION_JSON)
        .content(json)
        .exchange();
  }

  /** Gets a path with its query as it stands. */
  protected MvcTestResult get(String uri) {
    return mvc.get().uri(URI.create(uri)).exchange();
  }

  protected MvcTestResult delete(String uri) {
    return mvc.delete().uri(URI.create(uri)).exchange();
  }

  /** The answer's body as text. */
  protected static String body(MvcTestResult result) {
    return new String(result.getResponse().getContentAsByteArray(), StandardCharsets.UTF_8);
  }

  /** A value of the answer's body. */
  protected static Object json(MvcTestResult result, String path) {
    return JsonPath.read(body(result), path);
  }

  protected static String text(MvcTestResult result, String path) {
    return JsonPath.read(body(result), path);
  }

  protected static int number(MvcTestResult result, String path) {
    return JsonPath.<Number>read(body(result), path).intValue();
  }

  protected static Map<String, Object> object(MvcTestResult result, String path) {
    return JsonPath.read(body(result), path);
  }

  protected static <T> List<T> list(MvcTestResult result, String path) {
    return JsonPath.read(body(result), path);
  }

  /** A header of the answer, which must be there. */
  protected static String header(MvcTestResult result, String name) {
    String value = result.getResponse().getHeader(name);
    assertThat(value).as("header %s of %s", name, body(result)).isNotNull();
    return value;
  }

  /** Asserts that an answer is a problem of this type and status. */
  protected static void assertProblem(MvcTestResult result, String slug, int status) {
    assertThat(result).hasStatus(status);
    assertThat(result).hasContentType(MediaType.APPLICATION_PROBLEM_JSON);
    assertThat(result).bodyJson().extractingPath("$.type").isEqualTo("/problems/" + slug);
    assertThat(result).bodyJson().extractingPath("$.status").isEqualTo(status);
    assertThat(result).bodyJson().extractingPath("$.title").asString().isNotBlank();
    assertThat(result).bodyJson().extractingPath("$.detail").asString().isNotBlank();
  }
}
