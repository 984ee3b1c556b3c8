package dev.buddyd.api.page;

import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.config.Limits;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Answers that are given again to a request that comes again under the same {@code
 * Idempotency-Key}. Bounded in number and in bytes: the longest unused key is forgotten first.
 * Guarded by the lock of its map; a request that comes while the first one is still under way waits
 * for that.
 */
@Component
final class IdempotencyCache {

  private static final int LONGEST_KEY = 255;

  /** What was asked, and what became of it. */
  private record Kept(Object request, CompletableFuture<Answer> answer) {}

  private final Map<String, Kept> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final Limits limits;
  private long bytes;

  IdempotencyCache(Limits limits) {
    this.limits = limits;
  }

  /**
   * Makes an answer, or gives the one that the first request under the key got.
   *
   * @param epoch of the machine: a key ends with it
   * @param request what was asked, compared by {@code equals}
   * @param make makes the answer; if it throws, the key is free again
   * @throws ProblemException if the key was used with another request
   */
  Answer once(long epoch, String key, Object request, Supplier<Answer> make) {
    if (key.isBlank() || key.length() > LONGEST_KEY) {
      throw ProblemException.invalid(
          "Idempotency-Key", "a key has 1 to %d characters".formatted(LONGEST_KEY));
    }
    String place = epoch + " " + key;
    Kept mine = new Kept(request, new CompletableFuture<>());
    Kept first;
    synchronized (entries) {
      first = entries.get(place);
      if (first == null) {
        entries.put(place, mine);
        forgetTheEldest();
      }
    }
    if (first == null) {
      return make(place, mine, make);
    }
    if (!first.request().equals(request)) {
      throw ProblemException.invalid(
          "Idempotency-Key", "the key '%s' was used with another request".formatted(key));
    }
    try {
      return first.answer().join().again();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private Answer make(String place, Kept mine, Supplier<Answer> make) {
    try {
      Answer answer = make.get();
      synchronized (entries) {
        mine.answer().complete(answer);
        if (mine.equals(entries.get(place))) {
          bytes += answer.bytes();
          forgetTheEldest();
        }
      }
      return answer;
    } catch (RuntimeException | Error e) {
      synchronized (entries) {
        entries.remove(place, mine);
      }
      mine.answer().completeExceptionally(e);
      throw e;
    }
  }

  private void forgetTheEldest() {
    Iterator<Kept> eldest = entries.values().iterator();
    while (eldest.hasNext()
        && (entries.size() > limits.idempotencyKeys()
            || bytes > limits.idempotencyAnswers().toBytes())) {
      Kept kept = eldest.next();
      bytes -= kept.answer().isDone() ? kept.answer().join().bytes() : 0;
      eldest.remove();
    }
  }
}
