package dev.buddyd.diagnosis.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LexemesTest {

  @Test
  void numbersOfAnyLength() {
    assertThat(Lexemes.number("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
    assertThat(Lexemes.number("9223372036854775808")).isNull();
    assertThat(Lexemes.number("9999999999999999999")).isNull();
    assertThat(Lexemes.number("00000000000000000001")).as("20 digits").isNull();
    assertThat(Lexemes.number("-5")).isEqualTo(-5);
    for (String none : List.of("", "-", "+5", "5kB", "--5", "\u0665")) {
      assertThat(Lexemes.number(none)).as(none).isNull();
    }
  }
}
