package dev.buddyd.api.page;

import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.config.Limits;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Answers that are given again to a request that comes again under the same {@code
 * Idempotency-Key}. Bounded: the longest unused key is forgotten first. Guarded by its own lock; a
 * request that comes while the first one is still under way waits for it.
 */
@Component
final class IdempotencyCache {

  private static final int LONGEST_KEY = 255;

  /**
   * An answer and whether it is a repeated one.
   *
   * @param outcome what the first request got
   * @param replayed whether it was made earlier
   */
  record Result<T>(T outcome, boolean replayed) {}

  private record Answer(Object request, CompletableFuture<Object> outcome) {}

  private final Map<String, Answer> entries;

  IdempotencyCache(Limits limits) {
    this.entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Answer> eldest) {
            return size() > limits.idempotencyKeys();
          }
        };
  }

  /**
   * Runs a request, or answers as the first one under its key was answered.
   *
   * @param epoch of the machine: a key ends with it
   * @param request what was asked, compared by {@code equals}
   * @param run makes the answer; if it throws, the key is free again
   */
  <T> Result<T> once(long epoch, String key, Object request, Class<T> type, Supplier<T> run) {
    if (key.isBlank() || key.length() > LONGEST_KEY) {
      throw ProblemException.invalid(
          "Idempotency-Key", "a key has 1 to %d characters".formatted(LONGEST_KEY));
    }
    String place = epoch + " " + key;
    Answer mine = new Answer(request, new CompletableFuture<>());
    Answer first;
    synchronized (entries) {
      first = entries.get(place);
      if (first == null) {
        entries.put(place, mine);
      }
    }
    if (first == null) {
      return new Result<>(run(place, mine, run), false);
    }
    if (!first.request().equals(request)) {
      throw ProblemException.invalid(
          "Idempotency-Key", "this key was used with another request: '%s'".formatted(key));
    }
    Object answer = first.outcome().join();
    if (answer instanceof RuntimeException failed) {
      throw failed;
    }
    return new Result<>(type.cast(answer), true);
  }

  private <T> T run(String place, Answer mine, Supplier<T> run) {
    try {
      T outcome = run.get();
      mine.outcome().complete(outcome);
      return outcome;
    } catch (RuntimeException e) {
      synchronized (entries) {
        entries.remove(place, mine);
      }
      mine.outcome().complete(e);
      throw e;
    }
  }
}
