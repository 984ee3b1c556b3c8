package dev.buddyd.procfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class KernelTaskTest {

  @Test
  void ownersCannotBreakTheLineTheyStandIn() {
    assertThat(KernelTask.of("evil\nNode 0 Normal free:0kB", 3))
        .isEqualTo(new KernelTask("evil?Node 0 Nor", 1003));
    assertThat(KernelTask.of(null, 0)).isEqualTo(KernelTask.NOBODY);
  }

  @Test
  void nodesAreListedAsRanges() {
    assertThat(NodeRanges.print(List.of())).isEmpty();
    assertThat(NodeRanges.print(List.of(3))).isEqualTo("3");
    assertThat(NodeRanges.print(List.of(0, 1, 2, 4, 6, 7))).isEqualTo("0-2,4,6-7");
  }
}
