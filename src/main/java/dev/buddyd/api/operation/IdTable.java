package dev.buddyd.api.operation;

import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import dev.buddyd.config.Limits;
import dev.buddyd.mm.frame.SectionBudget;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The ids of one request and what they stand for: a hash table with open addressing in primitive
 * arrays, paid from the budget of the frame tables. Short ids lie in two words of their entry; the
 * length is in the highest byte of the second.
 */
final class IdTable {

  private static final int INLINE = 15;
  private static final long LONG_NAME = 0xffL << 56;
  private static final int ENTRY_BYTES = 36;
  private static final int PAGE_BYTES = 16;
  private static final int NAME_OVERHEAD = 64;
  private static final int FIRST_CAPACITY = 64;

  /** What an entry has besides: a name that is no short one, and pages of a bulk or split block. */
  private static final class More {
    private byte[] name = new byte[0];
    private long[] pfns = new long[0];
    private long[] sequences = new long[0];

    long bytes() {
      return NAME_OVERHEAD + name.length + (long) PAGE_BYTES * pfns.length;
    }
  }

  private final Limits limits;
  private final SectionBudget budget;
  private final long seed = ThreadLocalRandom.current().nextLong();
  private int mask = FIRST_CAPACITY - 1;
  private long[] head = new long[FIRST_CAPACITY];
  private long[] tail = new long[FIRST_CAPACITY];
  private long[] pfn = new long[FIRST_CAPACITY];
  private long[] sequence = new long[FIRST_CAPACITY];
  private @Nullable More[] more = new More[FIRST_CAPACITY];
  private int size;
  private long pages;
  private long paid;

  /** The id that was last looked for. */
  private long wantedHead;

  private long wantedTail;

  IdTable(Limits limits, SectionBudget budget) {
    this.limits = limits;
    this.budget = budget;
  }

  /** The entry of an id, or -1. */
  int find(byte[] text, int from, int to) {
    pack(text, from, to);
    int at = place(wantedHead, wantedTail);
    while (tail[at] != 0) {
      if (tail[at] == wantedTail && head[at] == wantedHead && sameName(at, text, from, to)) {
        return at;
      }
      at = at + 1 & mask;
    }
    return -1;
  }

  /**
   * Checks that ids for so many pages fit.
   *
   * @throws ProblemException if not
   */
  void admit(long morePages, byte[] text, int from, int to) {
    if (to - from > limits.operationIdBytes()) {
      throw ProblemException.tooLarge(
              "buddyd.limits.operation-id-bytes",
              limits.operationIdBytes(),
              "an id has at most %d bytes, not %d".formatted(limits.operationIdBytes(), to - from))
          .with("field", "id");
    }
    if (from == to) {
      throw ProblemException.invalid("id", "an id has at least one character");
    }
    if (pages + morePages > limits.operationIds()) {
      throw ProblemException.tooLarge(
              "buddyd.limits.operation-ids",
              limits.operationIds(),
              "at most %d pages can have an id at a time".formatted(limits.operationIds()))
          .with("field", "id");
    }
    boolean grows = 3 * (size + 1L) > 2 * (mask + 1L);
    long bytes = (grows ? (long) ENTRY_BYTES * head.length : 0) + PAGE_BYTES * morePages;
    if (budget.remainingBytes() < bytes + 2L * (to - from)) {
      throw new ProblemException(
              ProblemType.FRAME_TABLE_EXHAUSTED, "there is no memory for more ids in this request")
          .with("limit_bytes", budget.limitBytes());
    }
    if (grows) {
      grow();
    }
  }

  /** Adds an id that was admitted and is not there; returns its entry. */
  int add(byte[] text, int from, int to, long pfn, long sequence) {
    pack(text, from, to);
    int at = vacant(wantedHead, wantedTail);
    head[at] = wantedHead;
    tail[at] = wantedTail;
    set(at, pfn, sequence);
    if (to - from > INLINE) {
      more(at).name = Arrays.copyOfRange(text, from, to);
      pay(to - from);
    }
    size++;
    pages++;
    return at;
  }

  /** From now on an entry stands for this block. */
  void set(int at, long pfn, long sequence) {
    this.pfn[at] = pfn;
    this.sequence[at] = sequence;
  }

  /** From now on an entry stands for these pages, which were admitted. */
  void setPages(int at, long[] pfns, long[] sequences) {
    More entry = more(at);
    pages += Math.max(pfns.length, 1) - Math.max(entry.pfns.length, 1);
    pay((long) PAGE_BYTES * (pfns.length - entry.pfns.length));
    entry.pfns = pfns;
    entry.sequences = sequences;
  }

  private More more(int at) {
    More entry = more[at];
    if (entry == null) {
      entry = new More();
      more[at] = entry;
      pay(NAME_OVERHEAD);
    }
    return entry;
  }

  /** First frame of an entry; negative after a refusal. */
  long pfn(int at) {
    return pfn[at];
  }

  long sequence(int at) {
    return sequence[at];
  }

  /** Pages of a bulk request or split block; empty for any other. */
  long[] pfns(int at) {
    More entry = more[at];
    return entry == null ? new long[0] : entry.pfns;
  }

  /** Whether an entry stands for pages of a bulk request or split block. */
  boolean isMany(int at) {
    More entry = more[at];
    return entry != null && entry.pfns.length > 0;
  }

  /** Sequences of the pages of {@link #pfns}. */
  long[] sequences(int at) {
    More entry = more[at];
    return entry == null ? new long[0] : entry.sequences;
  }

  /** Ids at present. */
  int size() {
    return size;
  }

  void remove(int at) {
    More entry = more[at];
    pages -= entry == null ? 1 : Math.max(entry.pfns.length, 1);
    pay(entry == null ? 0 : -entry.bytes());
    size--;
    int hole = at;
    int next = hole + 1 & mask;
    while (tail[next] != 0) { // close the gap, so that no probe ends early
      int home = place(head[next], tail[next]);
      if ((next - home & mask) >= (next - hole & mask)) {
        move(next, hole);
        hole = next;
      }
      next = next + 1 & mask;
    }
    tail[hole] = 0;
    more[hole] = null;
  }

  private void move(int from, int to) {
    head[to] = head[from];
    tail[to] = tail[from];
    pfn[to] = pfn[from];
    sequence[to] = sequence[from];
    more[to] = more[from];
  }

  /** Gives the budget back what the table took. */
  void close() {
    pay(-paid);
  }

  private void pay(long bytes) {
    if (bytes != 0) {
      paid += bytes;
      budget.takeBytes(bytes);
    }
  }

  private void grow() {
    long[] oldHead = head;
    long[] oldTail = tail;
    long[] oldPfn = pfn;
    long[] oldSequence = sequence;
    @Nullable More[] oldMore = more;
    int capacity = 2 * oldHead.length;
    pay((long) ENTRY_BYTES * oldHead.length);
    mask = capacity - 1;
    head = new long[capacity];
    tail = new long[capacity];
    pfn = new long[capacity];
    sequence = new long[capacity];
    more = new More[capacity];
    for (int i = 0; i < oldHead.length; i++) {
      if (oldTail[i] != 0) {
        int at = vacant(oldHead[i], oldTail[i]);
        head[at] = oldHead[i];
        tail[at] = oldTail[i];
        pfn[at] = oldPfn[i];
        sequence[at] = oldSequence[i];
        more[at] = oldMore[i];
      }
    }
  }

  private int vacant(long wordA, long wordB) {
    int at = place(wordA, wordB);
    while (tail[at] != 0) {
      at = at + 1 & mask;
    }
    return at;
  }

  private int place(long wordA, long wordB) {
    return (int) (mix(wordA ^ mix(wordB ^ seed)) >>> 20) & mask;
  }

  private static long mix(long value) {
    long z = (value ^ value >>> 32) * 0x9e3779b97f4a7c15L;
    return (z ^ z >>> 29) * 0xbf58476d1ce4e5b9L;
  }

  private void pack(byte[] text, int from, int to) {
    int length = to - from;
    long a = 0;
    long b = 0;
    if (length <= INLINE) {
      for (int i = 0; i < length; i++) {
        if (i < 8) {
          a |= (text[from + i] & 0xffL) << (8 * i);
        } else {
          b |= (text[from + i] & 0xffL) << (8 * (i - 8));
        }
      }
      b |= (long) (length + 1) << 56;
    } else {
      a = seed;
      for (int i = from; i < to; i++) {
        a = mix(a + (text[i] & 0xff));
      }
      b = mix(a) | LONG_NAME;
    }
    wantedHead = a;
    wantedTail = b;
  }

  private boolean sameName(int at, byte[] text, int from, int to) {
    More entry = more[at];
    return to - from <= INLINE || (entry != null && Ascii.same(entry.name, text, from, to));
  }
}
