package dev.buddyd.replay.recording;

import dev.buddyd.replay.json.LimitException;
import java.util.Arrays;

/**
 * A recording's operations in columns, one entry per line of the recording ({@code b} lines
 * included); about 46 bytes each.
 */
public final class Operations {

  public static final char ALLOCATE = 'A';
  public static final char FREE = 'F';
  public static final char BULK = 'B';
  public static final char BULK_PAGE = 'b';
  public static final char EXACT = 'X';
  public static final char FREE_EXACT = 'Y';
  public static final char SPLIT = 'S';
  public static final char DRAIN = 'D';
  public static final char VMSTAT = 'V';
  public static final char UNRESERVE = 'U';

  /** "Not given": the null of a question. */
  public static final long ASKED = Long.MIN_VALUE;

  private final int limit;
  private int size;
  private int asked;
  private byte[] kind = new byte[64];
  private int[] slot = new int[64];
  private int[] amount = new int[64];
  private int[] extra = new int[64];
  private int[] gfp = new int[64];
  private int[] node = new int[64];
  private int[] cpu = new int[64];
  private int[] line = new int[64];
  private long[] given = new long[64];
  private long[] result = new long[64];

  /**
   * @param limit how many operations are taken
   */
  public Operations(int limit) {
    this.limit = limit;
  }

  /** Appends an operation; columns that its kind does not have are 0. */
  void add(
      char kind,
      int slot,
      int amount,
      int extra,
      int gfp,
      int node,
      int cpu,
      long given,
      int line) {
    if (size == limit) {
      throw new LimitException("recording_operations", limit);
    }
    if (size == this.kind.length) {
      grow(Math.min(2 * size, limit));
    }
    this.kind[size] = (byte) kind;
    this.slot[size] = slot;
    this.amount[size] = amount;
    this.extra[size] = extra;
    this.gfp[size] = gfp;
    this.node[size] = node;
    this.cpu[size] = cpu;
    this.given[size] = given;
    this.line[size] = line;
    asked += given == ASKED ? 1 : 0;
    size++;
  }

  private void grow(int capacity) {
    kind = Arrays.copyOf(kind, capacity);
    slot = Arrays.copyOf(slot, capacity);
    amount = Arrays.copyOf(amount, capacity);
    extra = Arrays.copyOf(extra, capacity);
    gfp = Arrays.copyOf(gfp, capacity);
    node = Arrays.copyOf(node, capacity);
    cpu = Arrays.copyOf(cpu, capacity);
    line = Arrays.copyOf(line, capacity);
    given = Arrays.copyOf(given, capacity);
    result = Arrays.copyOf(result, capacity);
  }

  public int size() {
    return size;
  }

  /** How many results are asked for: 0 in a recording, more in a question. */
  public int asked() {
    return asked;
  }

  /** The request that a page of a bulk request belongs to; any other operation is its own. */
  public int requestOf(int i) {
    int request = i;
    while (kind(request) == BULK_PAGE) {
      request--;
    }
    return request;
  }

  public char kind(int i) {
    return (char) kind[i];
  }

  public int slot(int i) {
    return slot[i];
  }

  /** Order, number of pages, or {@code force}. */
  public int amount(int i) {
    return amount[i];
  }

  /** {@code lru} of an allocation, first new slot of a split. */
  public int extra(int i) {
    return extra[i];
  }

  public int gfp(int i) {
    return gfp[i];
  }

  public int node(int i) {
    return node[i];
  }

  public int cpu(int i) {
    return cpu[i];
  }

  /** Line of the text. */
  public int line(int i) {
    return line[i];
  }

  /** What the recording says came back, or {@link #ASKED}. */
  public long given(int i) {
    return given[i];
  }

  /** What this machine answered. */
  public long result(int i) {
    return result[i];
  }

  public void setResult(int i, long value) {
    result[i] = value;
  }

  /** Remembers where the pages of a bulk request are kept. */
  public void setExtra(int i, int value) {
    extra[i] = value;
  }
}
