package dev.buddyd.diagnosis.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NodeListTest {

  private static String named(String list) {
    NodeList nodes = NodeList.of(list);
    return IntStream.range(0, 8)
        .filter(node -> !nodes.excludes(node))
        .mapToObj(String::valueOf)
        .reduce("", String::concat);
  }

  @Test
  void listsAndRanges() {
    assertThat(named("0")).isEqualTo("0");
    assertThat(named("0,2-3")).isEqualTo("023");
    assertThat(named("1-2,4,6-70000")).isEqualTo("12467");
  }

  @Test
  void whatIsNoListNamesAllNodes() {
    assertThat(named("(null)")).isEqualTo("01234567");
    assertThat(named("")).isEqualTo("01234567");
    assertThat(NodeList.of(null).excludes(3)).isFalse();
  }

  @Test
  void damagedRangesNameNoNodeThatTheyDoNotShow() {
    assertThat(named("3-1,5")).isEqualTo("5");
    assertThat(named("2,123456789,x")).isEqualTo("2");
    assertThat(named("6-")).as("the end is lost").isEqualTo("67");
  }
}
