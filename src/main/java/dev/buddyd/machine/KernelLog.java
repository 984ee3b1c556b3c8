package dev.buddyd.machine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What the machine's kernel has said, the newest messages of it. */
public final class KernelLog {

  /** Messages kept. */
  public static final int KEPT = 64;

  /**
   * A message.
   *
   * @param timeMicros virtual time, in microseconds since boot
   * @param text lines, each with its line end
   */
  public record Message(long timeMicros, String text) {}

  private final Deque<Message> messages = new ArrayDeque<>();

  KernelLog() {}

  synchronized void add(long timeMicros, String text) {
    if (text.isEmpty()) {
      return;
    }
    if (messages.size() == KEPT) {
      messages.removeFirst();
    }
    messages.addLast(new Message(timeMicros, text));
  }

  /** The messages, oldest first. */
  public synchronized List<Message> messages() {
    return List.copyOf(messages);
  }
}
