package dev.buddyd.api.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import dev.buddyd.diagnosis.verdict.Diagnoser;
import dev.buddyd.procfs.parse.ProcReader;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuBudgetTest {

  private static final String OOM =
      """
      x invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
      Node 0 Normal free:100kB min:1000kB low:1250kB high:1500kB managed:100000kB
      """;

  /** Each look at the clock costs a tick. */
  private final AtomicLong clock = new AtomicLong(17);

  private CpuBudget budgetOf(int looks) {
    return new CpuBudget(Duration.ofNanos(looks), clock::getAndIncrement);
  }

  @Test
  void workWithinTheBudgetIsNotInterrupted() {
    CpuBudget budget = budgetOf(4);

    assertThatCode(() -> Diagnoser.diagnose(OOM, budget)).doesNotThrowAnyException();
    assertThat(clock).as("one look at a short text").hasValue(19);
  }

  @Test
  void tooMuchWorkEndsWithTheLimitsName() {
    CpuBudget budget = new CpuBudget(Duration.ofMillis(3), () -> clock.getAndAdd(1_000_000));

    assertThatThrownBy(() -> ProcReader.read("x\n".repeat(200_000), budget))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.type()).isEqualTo(ProblemType.TOO_LARGE);
              assertThat(problem.members())
                  .containsEntry("limit_name", "buddyd.limits.diagnosis-cpu")
                  .containsEntry("limit", 3L);
              assertThat(problem.detail()).contains("more than 3 ms of CPU time");
            });
  }

  /** However the text is made, the clock is looked at again and again while it is read. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n",
        "a ",
        "CPU: 1 PID: ",
        "{\"log\":\"a\"}\n",
        "[ 1.0][T1] x\n",
        "Node 0 Normal free:1kB min:2kB\n",
        "x invoked oom-killer: gfp_mask=0xcc0, order=0\n"
      })
  void everyMegabyteIsCounted(String piece) {
    String text = piece.repeat((1 << 20) / piece.length());

    assertThat(looks(work -> Diagnoser.diagnose(text, work))).isGreaterThanOrEqualTo(10);
  }

  @Test
  void everyMegabyteOfProcTextsIsCounted() {
    String text = "Node 0, zone Normal 1 2 3\n".repeat(1 << 16);

    assertThat(looks(work -> ProcReader.read(text, work))).isGreaterThanOrEqualTo(20);
  }

  private long looks(Consumer<IntConsumer> reader) {
    long before = clock.get();
    reader.accept(budgetOf(Integer.MAX_VALUE));
    return clock.get() - before;
  }

  @Test
  void theClockIsThatOfTheThread() {
    assertThatCode(() -> CpuBudget.of(Duration.ofDays(1)).accept(1)).doesNotThrowAnyException();
    assertThatThrownBy(() -> CpuBudget.of(Duration.ZERO).accept(1))
        .isInstanceOf(ProblemException.class);
  }

  @Test
  void aVirtualThreadHasABudgetToo() throws InterruptedException {
    AtomicLong refused = new AtomicLong();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                CpuBudget.of(Duration.ZERO).accept(1);
              } catch (ProblemException e) {
                refused.incrementAndGet();
              }
            })
        .join();

    assertThat(refused).hasValue(1);
  }
}
