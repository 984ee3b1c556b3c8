package dev.buddyd.api.operation;

import dev.buddyd.api.problem.NearestName;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import dev.buddyd.api.problem.Problems;
import dev.buddyd.config.Limits;
import dev.buddyd.machine.SimulatedMachine;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The lines of one request, from the first to the summary. A mistake is answered and the next line
 * is read; the stream ends early when its body breaks off, its machine is replaced, or the service
 * stops or fails.
 */
final class OperationStream {

  private static final byte[] ERROR = Ascii.bytes(",\"error\":");
  private static final byte[] SUMMARY = Ascii.bytes("{\"summary\":");

  private final SimulatedMachine machine;
  private final OperationRunner runner;
  private final Results results;
  private final Limits limits;
  private final LineReader lines;
  private final LineParser parser;
  private final AnswerWriter answers;
  private final BooleanSupplier goesOn;
  private final ParsedLine parsed = new ParsedLine();

  private long line;
  private long done;
  private long refused;
  private long errors;

  /**
   * A stream about to begin.
   *
   * @param goesOn whether the machine still serves
   */
  OperationStream(
      SimulatedMachine machine,
      OperationRunner runner,
      Results results,
      Limits limits,
      InputStream in,
      LineParser parser,
      AnswerWriter answers,
      BooleanSupplier goesOn) {
    this.machine = machine;
    this.runner = runner;
    this.results = results;
    this.limits = limits;
    this.parser = parser;
    this.answers = answers;
    this.goesOn = goesOn;
    this.lines = new LineReader(in, (int) limits.operationLine().toBytes(), answers::flush);
  }

  /**
   * Performs all of them.
   *
   * @throws IOException if the client does not take its answers
   */
  void run() throws IOException {
    try {
      while (nextLine()) {
        if (!lines.isBlank() && !one()) {
          break;
        }
      }
      summary();
    } finally {
      runner.close();
    }
  }

  /** Reads a line; a body that breaks off is answered as if that were one. */
  private boolean nextLine() throws IOException {
    line++;
    try {
      boolean there = lines.next();
      line -= there ? 0 : 1;
      return there;
    } catch (IOException | ProblemException e) {
      ProblemException broken = Problems.known(e);
      if (broken == null) {
        throw e;
      }
      error(broken, null, null);
      return false;
    }
  }

  /** Performs the line; returns whether the next one is to be read. */
  private boolean one() throws IOException {
    OperationKind kind = null;
    ParsedLine understood = null;
    try {
      if (!goesOn.getAsBoolean()) {
        throw new ProblemException(
            ProblemType.STALE_STATE, "another machine was booted; the operations end here");
      }
      if (lines.tooLong()) {
        throw ProblemException.tooLarge(
            "buddyd.limits.operation-line",
            limits.operationLine().toBytes(),
            "a line has at most %d bytes".formatted(limits.operationLine().toBytes()));
      }
      parser.parse(lines.buffer(), lines.from(), lines.to(), parsed);
      understood = parsed;
      kind = kind();
      if (runner.perform(line, kind, parsed)) {
        done++;
      } else {
        refused++;
      }
      return true;
    } catch (RuntimeException e) {
      ProblemException problem = Problems.known(e);
      error(problem == null ? Problems.internal(e, "POST /operations") : problem, kind, understood);
      return problem != null && goesOn.getAsBoolean();
    }
  }

  private OperationKind kind() {
    if (!parsed.has(Field.OP)) {
      throw ProblemException.invalid(
          "op", "op is missing; it is one of " + String.join(", ", OperationKind.names()));
    }
    OperationKind kind =
        OperationKind.of(parsed.text(), parsed.from(Field.OP), parsed.to(Field.OP));
    if (kind == null) {
      String name = String.valueOf(parsed.string(Field.OP));
      throw ProblemException.invalid(
              "op",
              "op is one of %s, not '%.100s'"
                  .formatted(String.join(", ", OperationKind.names()), name))
          .with("nearest", NearestName.to(name, OperationKind.names()));
    }
    return kind;
  }

  private void error(
      ProblemException problem, @Nullable OperationKind kind, @Nullable ParsedLine understood)
      throws IOException {
    errors++;
    if (results != Results.NONE) {
      answers.begin(line, kind, understood);
      answers.member(ERROR, Problems.members(problem));
      answers.end();
    }
  }

  private void summary() throws IOException {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("lines", line);
    summary.put("done", done);
    summary.put("refused", refused);
    summary.put("errors", errors);
    summary.put("live_ids", runner.liveIds());
    summary.put("epoch", machine.epoch());
    summary.put("sequence", machine.events().lastSequence());
    summary.put("time_us", machine.timeMicros());
    answers.member(SUMMARY, summary);
    answers.end();
    answers.flush();
  }
}
