package dev.buddyd.machine.snapshot;

import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;

/** What a parser says of a text that is no JSON, without what it says of itself. */
public final class JsonComplaint {

  /** Where the parser thinks it reads from, and which of its settings would help. */
  private static final Pattern OF_ITSELF =
      Pattern.compile("( \\([^()]*\\[Source: | \\(not recognized |: enable `).*$", Pattern.DOTALL);

  private JsonComplaint() {}

  /** The complaint, a part of a sentence. */
  public static String of(JacksonException e) {
    return OF_ITSELF.matcher(e.getOriginalMessage()).replaceFirst("");
  }
}
