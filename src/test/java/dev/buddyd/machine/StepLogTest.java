package dev.buddyd.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.trace.Decision;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StepLogTest {

  private static final int ALL = StepLog.FIRST + StepLog.LAST;

  private final StepLog log = new StepLog();

  private static Step step(long number) {
    return new Step(Decision.TICK, -1, List.of(number), null);
  }

  private List<Long> numbers(int steps) {
    LongStream.range(0, steps).forEach(i -> log.keep(step(i)));
    return log.steps().stream().map(step -> step.values().getFirst()).toList();
  }

  @Test
  void keepsAllThatFit() {
    assertThat(numbers(ALL)).hasSize(ALL).isSorted();
  }

  @Test
  void keepsTheFirstAndTheLastOfMoreAndSaysHowManyAreMissing() {
    List<Long> kept = numbers(ALL + 7);
    assertThat(kept).hasSize(ALL + 1).startsWith(0L, 1L).endsWith(ALL + 5L, ALL + 6L);
    assertThat(log.steps().get(StepLog.FIRST)).isEqualTo(Step.leftOut(7));
    assertThat(kept.get(StepLog.FIRST + 1)).isEqualTo(StepLog.FIRST + 7L);
  }

  @Test
  void beginsAnewWhenCleared() {
    numbers(ALL + 7);
    log.clear();
    assertThat(numbers(3)).containsExactly(0L, 1L, 2L);
  }
}
