package dev.buddyd.replay.reclaim;

import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.replay.json.Field;
import dev.buddyd.replay.json.Json;
import dev.buddyd.replay.json.JsonReader;
import dev.buddyd.replay.json.RecordingException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** A recording of memory running out: read test by test, each made again at once. */
public final class ReclaimRecording {

  /** What its {@code format} says. */
  public static final String FORMAT = "pgreclaim/1";

  /**
   * What a recording gave.
   *
   * @param name of the recording
   * @param tests each with its verdict, in order
   */
  public record Result(String name, List<TestVerdict> tests) {

    public Result {
      tests = List.copyOf(tests);
    }

    /** Tests with this verdict. */
    public long count(Agreement agreement) {
      return tests.stream().filter(t -> t.agreement() == agreement).count();
    }
  }

  private ReclaimRecording() {}

  /**
   * Reads a recording and makes its tests.
   *
   * @param budget what the frame tables of one test's machine may take
   * @param progress told how many tests are done
   */
  public static Result run(JsonReader in, SectionBudget budget, IntConsumer progress) {
    String name = "";
    Boolean generations = null;
    List<TestVerdict> verdicts = null;
    in.enterDocument();
    for (String key = in.nextMember(); key != null; key = in.nextMember()) {
      switch (key) {
        case "name" -> name = in.text();
        case "machine" -> generations = generations(new Field(in.value(), "machine"));
        case "tests" -> {
          if (generations == null) {
            throw in.wrong("must come after machine");
          }
          verdicts = tests(in, generations, budget, progress);
        }
        default -> in.skip();
      }
    }
    if (verdicts == null) {
      throw new RecordingException(in.line(), "tests", "is missing");
    }
    in.endDocument();
    return new Result(name, verdicts);
  }

  private static boolean generations(Field machine) {
    Field setting = machine.at("multiGenLru");
    String written = setting.value() instanceof Json.Other other ? other.written() : "";
    return switch (written) {
      case "true" -> true;
      case "false" -> false;
      default -> throw setting.wrong("must be true or false");
    };
  }

  private static List<TestVerdict> tests(
      JsonReader in, boolean generations, SectionBudget budget, IntConsumer progress) {
    List<TestVerdict> verdicts = new ArrayList<>();
    in.enterArray();
    for (int i = 0; in.nextItem(); i++) {
      progress.accept(i);
      in.forget();
      Field field = new Field(in.value(), "tests[" + i + "]");
      RecordedTest test = RecordedTest.of(field);
      try (TestRun run = new TestRun(test, field, generations, budget)) {
        verdicts.add(Spread.judge(test, run.perform()));
      }
    }
    return verdicts;
  }
}
