package dev.buddyd.replay.recording;

import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.procfs.BuddyinfoText;
import dev.buddyd.procfs.CarriedCounters;
import dev.buddyd.procfs.MeminfoText;
import dev.buddyd.procfs.PagetypeinfoText;
import dev.buddyd.procfs.ZoneinfoText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The texts of a recording that the machine can write itself (T-50, T-51). */
public final class ProcTexts {

  /** A moment at which texts were taken. */
  public enum Moment {
    BEFORE(".before"),
    AFTER(".after");

    private final String suffix;

    Moment(String suffix) {
      this.suffix = suffix;
    }
  }

  private final Map<String, String> sent;
  private final boolean ticked;

  /**
   * @param sent texts by name as sent; empty ones are asked for
   * @param ticked whether the recording has a tick, which folds counters that no snapshot has
   *     (T-51)
   */
  public ProcTexts(Map<String, String> sent, boolean ticked) {
    this.sent = sent;
    this.ticked = ticked;
  }

  /** Names of the texts of a moment that the machine can write. */
  public List<String> names(Moment moment) {
    List<String> names = new ArrayList<>();
    for (String family : List.of("buddyinfo", "pagetypeinfo", "zoneinfo", "meminfo")) {
      if (sent.containsKey(family + moment.suffix)) {
        names.add(family + moment.suffix);
      }
    }
    return names;
  }

  /** A text as the machine writes it now, with its final newline. */
  public String write(String name, PhysicalMemory memory) {
    return switch (name.substring(0, name.indexOf('.'))) {
      case "buddyinfo" -> BuddyinfoText.write(memory);
      case "pagetypeinfo" -> PagetypeinfoText.write(memory);
      case "zoneinfo" -> {
        String template = template("zoneinfo", name);
        yield ZoneinfoText.write(
            memory, template == null ? CarriedCounters.none() : CarriedCounters.parse(template));
      }
      case "meminfo" -> {
        String template = template("meminfo", name);
        yield template == null ? MeminfoText.write(memory) : MeminfoText.write(memory, template);
      }
      default -> throw new IllegalArgumentException(name);
    };
  }

  /**
   * The text whose lines about other things than the allocator are carried over: the one before;
   * after a tick the text itself, if it was sent, because those lines can't be known then.
   */
  private @Nullable String template(String family, String name) {
    String own = sent.getOrDefault(name, "");
    if (ticked && !own.isEmpty()) {
      return own;
    }
    String before = sent.getOrDefault(family + Moment.BEFORE.suffix, "");
    return before.isEmpty() ? null : before;
  }

  /** Whether a text as sent equals a written one; its final newline may have been lost (T-50). */
  public static boolean equal(String sent, String written) {
    return sent.equals(written) || (sent + "\n").equals(written);
  }

  /** The first line that differs. */
  public static JsonDiff.Difference firstDifference(String sent, String written) {
    List<String> expected = sent.lines().toList();
    List<String> actual = written.lines().toList();
    int i = 0;
    while (i < expected.size() && i < actual.size() && expected.get(i).equals(actual.get(i))) {
      i++;
    }
    return new JsonDiff.Difference(
        "line " + (i + 1),
        i < expected.size() ? expected.get(i) : "nothing",
        i < actual.size() ? actual.get(i) : "nothing");
  }
}
