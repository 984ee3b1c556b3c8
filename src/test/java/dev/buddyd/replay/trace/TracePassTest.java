package dev.buddyd.replay.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.machine.SysctlDesk;
import dev.buddyd.machine.TestMachines;
import dev.buddyd.mm.gfp.KernelVersion;
import dev.buddyd.replay.json.LimitException;
import dev.buddyd.replay.json.RecordingException;
import dev.buddyd.replay.trace.TraceResult.Fallback;
import dev.buddyd.replay.trace.TraceResult.Outcome;
import dev.buddyd.replay.trace.TraceResult.Sample;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TracePassTest {

  private static InputStream sample() {
    return Objects.requireNonNull(TracePassTest.class.getResourceAsStream("/replay/sample.trace"));
  }

  private static InputStream text(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static TraceResult run(
      SimulatedMachine machine, @Nullable SimulatedMachine other, InputStream text)
      throws IOException {
    return new TracePass(machine, other, Map.of(), KernelVersion.REFERENCE, 100_000)
        .run(text, done -> {});
  }

  @Test
  void requestsAreRepeatedAndFramesAreNames() throws IOException {
    SimulatedMachine machine = TestMachines.small();
    TraceResult result = run(machine, null, sample());
    assertThat(result.events())
        .isEqualTo(
            Map.of(
                "mm_page_alloc", 6L,
                "mm_page_free", 4L,
                "mm_page_free_batched", 1L,
                "mm_page_alloc_extfrag", 1L,
                "mm_page_alloc_zone_locked", 1L));
    assertThat(result.unknownLines()).isEqualTo(1);
    assertThat(result.recordedFailed()).isEqualTo(1);
    assertThat(result.unknownMasks()).isZero();
    assertThat(result.recordedFallbacks()).containsExactly(new Fallback("UNMOVABLE", "MOVABLE", 1));
    Outcome outcome = result.machine();
    assertThat(outcome.granted()).isEqualTo(6);
    assertThat(outcome.grantedButRecordedFailed()).isEqualTo(1);
    assertThat(outcome.freed()).isEqualTo(3);
    assertThat(outcome.freesOfUnknown()).isEqualTo(1);
    assertThat(outcome.pagesHeld()).as("orders 2 and 1 are left").isEqualTo(6);
    assertThat(machine.liveAllocations()).isEqualTo(2);
    assertThat(outcome.fallbacks()).isNotEmpty();
    assertThat(outcome.violations()).isEmpty();
    assertThat(outcome.samples().getLast().event()).isEqualTo(10);
    assertThat(outcome.samples().getLast().seconds()).isEqualTo(101.0006);
    TestMachines.assertSound(machine);
  }

  @Test
  void refusalsAreCountedByOrderAndMaskAndTheirFreesDoNothing() throws IOException {
    StringBuilder trace = new StringBuilder();
    for (int i = 0; i < 80; i++) {
      trace.append(
          "a-1 [000] 1.%d: mm_page_alloc: page=1 pfn=%d order=10 migratetype=0 gfp_flags=GFP_ATOMIC%n"
              .formatted(i, 1024 * (i + 1)));
    }
    for (int i = 0; i < 80; i++) {
      trace.append(
          "a-1 [000] 2.%d: mm_page_free: page=1 pfn=%d order=10%n".formatted(i, 1024 * (i + 1)));
    }
    trace.append(
        "a-1 [000] 3.0: mm_page_alloc: page=1 pfn=7 order=11 migratetype=0 gfp_flags=GFP_ATOMIC\n");
    SimulatedMachine machine = TestMachines.small();
    Outcome outcome = run(machine, null, text(trace.toString())).machine();
    assertThat(outcome.granted()).isBetween(50L, 64L);
    assertThat(outcome.refused()).isEqualTo(80 - outcome.granted());
    assertThat(outcome.refusedButRecordedGranted()).isEqualTo(outcome.refused());
    assertThat(outcome.freed()).isEqualTo(outcome.granted());
    assertThat(outcome.freesOfRefused()).isEqualTo(outcome.refused());
    assertThat(outcome.impossible()).isEqualTo(1);
    assertThat(outcome.pagesHeld()).isZero();
    assertThat(outcome.refusals())
        .containsExactly(new TraceResult.Refusal(10, "GFP_ATOMIC", outcome.refused()));
    TestMachines.assertSound(machine);
  }

  @Test
  void aMissedFreeIsImpliedByTheNextAllocationOfTheFrame() throws IOException {
    String line = "a-1 [000] 1.0: mm_page_alloc: page=1 pfn=7 order=0 gfp_flags=what_is_this\n";
    TraceResult result = run(TestMachines.small(), null, text(line + line));
    assertThat(result.machine().impliedFrees()).isEqualTo(1);
    assertThat(result.machine().pagesHeld()).isEqualTo(1);
    assertThat(result.unknownMasks()).isEqualTo(2);
  }

  @Test
  void twoMachinesLiveThroughTheSameTrace() throws IOException {
    SimulatedMachine other = TestMachines.small();
    new SysctlDesk(other).write("min_free_kbytes", "120000");
    StringBuilder trace = new StringBuilder();
    for (int i = 1; i < 20_000; i++) {
      trace.append(
          "a-1 [001] 1.0: mm_page_alloc: page=1 pfn=%d order=1 migratetype=0 gfp_flags=GFP_NOWAIT%n"
              .formatted(i));
    }
    TraceResult result = run(TestMachines.small(), other, text(trace.toString()));
    Outcome compared = Objects.requireNonNull(result.compared());
    assertThat(result.machine().refused()).isZero();
    assertThat(compared.refused()).isPositive();
    assertThat(compared.samples()).hasSizeLessThanOrEqualTo(257);
    assertThat(compared.samples())
        .extracting(Sample::event)
        .isSorted()
        .isEqualTo(result.machine().samples().stream().map(Sample::event).toList());
    TestMachines.assertSound(other);
  }

  @Test
  void textsWithoutEventsAndTooManyEventsAreRefused() {
    assertThatExceptionOfType(RecordingException.class)
        .isThrownBy(() -> run(TestMachines.small(), null, text("hello\n")));
    TracePass pass =
        new TracePass(TestMachines.small(), null, Map.of(), KernelVersion.REFERENCE, 3);
    assertThatExceptionOfType(LimitException.class).isThrownBy(() -> pass.run(sample(), d -> {}));
  }

  @Test
  void aLineWithoutEndTakesNoMemory() throws IOException {
    String text = "x".repeat(3 << 20) + "\nmm_page_free: page=1 pfn=4 order=0";
    TraceResult result = run(TestMachines.small(), null, text(text));
    assertThat(result.lines()).isEqualTo(2);
    assertThat(result.unknownLines()).isEqualTo(1);
    assertThat(result.machine().freesOfUnknown()).isEqualTo(1);
  }
}
