package dev.buddyd.machine;

import dev.buddyd.mm.trace.Decision;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The last events of a machine, in a bounded ring of primitives. Each event draws its sequence
 * number while the lock is held that makes its change visible, so ascending sequence is a valid
 * order of execution. Writers never wait; readers copy and check that the slot was not overwritten
 * meanwhile.
 */
public final class EventRing {

  private static final int WORDS = 10;
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

  private final AtomicLong lastSequence;
  private final long startSequence;
  private final int capacity;
  private final long[] words;

  /**
   * @param capacity events kept, a power of two; 0 keeps none but still counts
   * @param startSequence sequence before the first event
   */
  EventRing(int capacity, long startSequence) {
    if (Integer.bitCount(capacity) > 1) {
      throw new IllegalArgumentException("ring capacity " + capacity + " is no power of two");
    }
    this.capacity = capacity;
    this.words = new long[capacity * WORDS];
    this.startSequence = startSequence;
    this.lastSequence = new AtomicLong(startSequence);
  }

  /** Sequence of the newest event. */
  public long lastSequence() {
    return lastSequence.get();
  }

  /** Events kept at most. */
  public int capacity() {
    return capacity;
  }

  /** Sequence of the oldest event that is still kept; one past the newest if there is none. */
  public long firstSequence() {
    return Math.max(startSequence, lastSequence.get() - capacity) + 1;
  }

  /** Adds an event; returns its sequence. */
  long add(
      Decision decision,
      int zone,
      int cpu,
      int owner,
      long timeMicros,
      long v0,
      long v1,
      long v2,
      long v3,
      long v4,
      long v5) {
    long sequence = lastSequence.incrementAndGet();
    if (capacity > 0) {
      int at = (int) (sequence & (capacity - 1)) * WORDS;
      SLOT.setVolatile(words, at, 0L);
      words[at + 1] = timeMicros;
      words[at + 2] = (long) decision.ordinal() << 48 | (long) (zone + 1) << 32 | (long) cpu;
      words[at + 3] = owner;
      words[at + 4] = v0;
      words[at + 5] = v1;
      words[at + 6] = v2;
      words[at + 7] = v3;
      words[at + 8] = v4;
      words[at + 9] = v5;
      SLOT.setRelease(words, at, sequence);
    }
    return sequence;
  }

  /** Copies one event, or returns null if it is gone, or not written yet. */
  public @Nullable Event get(long sequence) {
    if (capacity == 0) {
      return null;
    }
    int at = (int) (sequence & (capacity - 1)) * WORDS;
    if ((long) SLOT.getAcquire(words, at) != sequence) {
      return null;
    }
    long meta = words[at + 2];
    Event event =
        new Event(
            sequence,
            words[at + 1],
            Event.decision((int) (meta >>> 48)),
            (int) (meta >>> 32 & 0xffff) - 1,
            (int) meta,
            (int) words[at + 3],
            List.of(
                words[at + 4],
                words[at + 5],
                words[at + 6],
                words[at + 7],
                words[at + 8],
                words[at + 9]));
    VarHandle.acquireFence();
    return (long) SLOT.getOpaque(words, at) == sequence ? event : null;
  }

  /**
   * Up to {@code limit} events after a sequence number, ascending; stops at one not yet written.
   */
  public List<Event> after(long sequence, int limit) {
    List<Event> events = new ArrayList<>();
    long last = lastSequence.get();
    for (long s = Math.max(sequence + 1, firstSequence());
        s <= last && events.size() < limit;
        s++) {
      Event event = get(s);
      if (event == null) {
        if (s >= firstSequence()) {
          break;
        }
        continue;
      }
      events.add(event);
    }
    return events;
  }
}
