package dev.buddyd.replay.recording;

import dev.buddyd.replay.json.Field;
import dev.buddyd.replay.json.Json;
import dev.buddyd.replay.json.JsonReader;
import dev.buddyd.replay.json.RecordingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a recording or question while it is replayed: everything but the probes, of which
 * only their places are kept, and what is merely carried along, of which it is known where it
 * stands in the text.
 */
public final class RecordingFile {

  /** A part of the text that is carried along: offsets of its bytes in the inflated text. */
  public record Part(String key, long start, long end) {}

  private final Operations operations;
  private final List<Part> parts = new ArrayList<>();
  private final Map<String, String> procText = new LinkedHashMap<>();
  private String name = "";
  private @Nullable Field kernel;
  private @Nullable Field before;
  private @Nullable Json after;
  private int[] probes = new int[16];
  private int[] probeLines = new int[16];
  private int probeCount;
  private int probesAnswered;

  private RecordingFile(int maxOperations) {
    this.operations = new Operations(maxOperations);
  }

  /**
   * Reads a recording to its end.
   *
   * @param in stands at the start of the text
   */
  public static RecordingFile read(JsonReader in, int maxOperations) {
    RecordingFile file = new RecordingFile(maxOperations);
    file.readAll(in);
    return file;
  }

  private void readAll(JsonReader in) {
    in.enterDocument();
    List<String> seen = new ArrayList<>();
    for (String key = in.nextMember(); key != null; key = in.nextMember()) {
      if (seen.contains(key)) {
        throw in.wrong("appears twice");
      }
      seen.add(key);
      long start = in.offset();
      switch (key) {
        case "name" -> name = in.text();
        case "machine" -> machine(in);
        case "before" -> before = new Field(in.value(), "before");
        case "after" -> {
          if (in.isNull()) {
            continue;
          }
          after = in.value();
          new Field(after, "after").keys(); // an object
        }
        case "ops" -> OperationsReader.read(in, operations);
        case "probes" -> probes(in);
        case "procText" -> procText(in);
        default -> in.skip();
      }
      parts.add(new Part(key, start, in.endOffset()));
    }
    in.endDocument();
    for (String key : List.of("machine", "before", "ops")) {
      if (!seen.contains(key)) {
        throw new RecordingException(in.line(), key, "is missing");
      }
    }
  }

  private void machine(JsonReader in) {
    in.enterObject();
    for (String key = in.nextMember(); key != null; key = in.nextMember()) {
      if (key.equals("kernel")) {
        kernel = new Field(in.value(), "machine.kernel");
      } else {
        in.skip();
      }
    }
    if (kernel == null) {
      throw in.wrong("has no kernel");
    }
  }

  private void probes(JsonReader in) {
    in.enterArray();
    while (in.nextItem()) {
      in.enterObject();
      int line = in.line();
      int afterOp = Integer.MIN_VALUE;
      boolean answered = false;
      for (String key = in.nextMember(); key != null; key = in.nextMember()) {
        if (key.equals("afterOp")) {
          afterOp = (int) in.whole(-1, Integer.MAX_VALUE);
          if (probeCount > 0 && afterOp < probes[probeCount - 1]) {
            throw in.wrong("probes must come in the order of the operations");
          }
        } else {
          answered |= !in.isNull();
          in.skip();
        }
      }
      if (afterOp == Integer.MIN_VALUE) {
        throw in.wrong("the probe has no afterOp");
      }
      if (probeCount == probes.length) {
        probes = Arrays.copyOf(probes, 2 * probeCount);
        probeLines = Arrays.copyOf(probeLines, 2 * probeCount);
      }
      probeLines[probeCount] = line;
      probes[probeCount++] = afterOp;
      probesAnswered += answered ? 1 : 0;
    }
  }

  private void procText(JsonReader in) {
    in.enterObject();
    for (String key = in.nextMember(); key != null; key = in.nextMember()) {
      if (procText.put(key, in.isNull() ? "" : in.text()) != null) {
        throw in.wrong("appears twice");
      }
    }
  }

  public String name() {
    return name;
  }

  /** {@code machine.kernel}. */
  public Field kernel() {
    return there(kernel, "machine");
  }

  /** {@code before}. */
  public Field before() {
    return there(before, "before");
  }

  private static Field there(@Nullable Field field, String name) {
    if (field == null) {
      throw new RecordingException(0, name, "is missing");
    }
    return field;
  }

  /** {@code after}, or null in a question. */
  public @Nullable Json after() {
    return after;
  }

  public Operations operations() {
    return operations;
  }

  /** Texts by name; empty ones are asked for. */
  public Map<String, String> procText() {
    return procText;
  }

  /** The members of the recording in their order. */
  public List<Part> parts() {
    return parts;
  }

  public int probeCount() {
    return probeCount;
  }

  /** Line of {@code ops} after which a probe was taken; -1 for the start. */
  public int probeAfter(int probe) {
    return probes[probe];
  }

  /** Line of the text on which a probe starts. */
  public int probeLine(int probe) {
    return probeLines[probe];
  }

  /** Whether the recording says what its probes saw. */
  public boolean probesAnswered() {
    return probesAnswered > 0;
  }

  /** Whether something is asked for. */
  public boolean question() {
    return operations.asked() > 0
        || after == null
        || probesAnswered < probeCount
        || procText.entrySet().stream()
            .anyMatch(text -> text.getKey().endsWith(".after") && text.getValue().isEmpty());
  }
}
