package dev.buddyd.input;

import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;

/** What a parser says of a text that is no JSON, without what it says of itself, and where. */
public final class JsonComplaint {

  /** Where the parser thinks it reads from, and which of its settings would help. */
  private static final Pattern OF_ITSELF =
      Pattern.compile("( \\([^()]*\\[Source: | \\(not recognized |: enable `).*$", Pattern.DOTALL);

  private JsonComplaint() {}

  /** Where the parser stands, such as {@code zones[0].free_lists[3].pfns[17]}. */
  public static String path(JsonParser parser) {
    StringBuilder path = new StringBuilder();
    for (JsonPointer p = parser.streamReadContext().pathAsPointer();
        p != null && !p.matches();
        p = p.tail()) {
      if (p.mayMatchElement()) {
        path.append('[').append(p.getMatchingIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(p.getMatchingProperty());
      }
    }
    return path.toString();
  }

  /** The complaint, a part of a sentence. */
  public static String of(JacksonException e) {
    return OF_ITSELF.matcher(e.getOriginalMessage()).replaceFirst("");
  }
}
