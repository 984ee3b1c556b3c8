package dev.buddyd.machine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What the machine's kernel has said, the newest messages of it. */
public final class KernelLog {

  /** Messages kept, at most. */
  static final int KEPT = 64;

  /** Characters kept, at most, unless the newest message alone is longer. */
  static final int KEPT_CHARACTERS = 1 << 20;

  /**
   * A message.
   *
   * @param timeMicros virtual time, in microseconds since boot
   * @param text lines, each with its line end
   */
  public record Message(long timeMicros, String text) {}

  private final Deque<Message> messages = new ArrayDeque<>();
  private long characters;

  KernelLog() {}

  synchronized void add(long timeMicros, String text) {
    if (text.isEmpty()) {
      return;
    }
    messages.addLast(new Message(timeMicros, text));
    characters += text.length();
    while (messages.size() > KEPT || (characters > KEPT_CHARACTERS && messages.size() > 1)) {
      characters -= messages.removeFirst().text().length();
    }
  }

  /** The messages, oldest first. */
  public synchronized List<Message> messages() {
    return List.copyOf(messages);
  }
}
