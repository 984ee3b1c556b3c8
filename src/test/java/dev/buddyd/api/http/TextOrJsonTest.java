package dev.buddyd.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextOrJsonTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "text/plain; true",
        "text/*; true",
        "application/json; false",
        "*/*; false",
        "text/plain, application/json; true",
        "application/json, text/plain; false",
        "'text/plain;q=0.1, application/json'; false",
        "'application/json;q=0.5, text/plain;q=0.9'; true",
        "'text/plain, application/problem+json'; true",
        "'text/html, */*;q=0.1'; false",
        "nonsense; false",
        "; false"
      })
  void theMoreWelcomeIsSent(String accept, boolean text) {
    assertThat(TextOrJson.isText(accept)).isEqualTo(text);
  }
}
