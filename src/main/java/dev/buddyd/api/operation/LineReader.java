package dev.buddyd.api.operation;

import java.io.IOException;
import java.io.InputStream;

/** Cuts a body into lines within one buffer. A line that is too long is passed over. */
final class LineReader {

  private static final int CHUNK = 16 << 10;

  /** What to do before a read that may have to wait for the client. */
  interface BeforeWaiting {
    void run() throws IOException;
  }

  private final InputStream in;
  private final BeforeWaiting beforeWaiting;
  private final int longest;
  private final byte[] buffer;
  private int from;
  private int to;
  private int filled;
  private int next;
  private boolean ended;
  private boolean tooLong;

  /**
   * Reads lines of a body.
   *
   * @param longest bytes of a line, without its end
   */
  LineReader(InputStream in, int longest, BeforeWaiting beforeWaiting) {
    this.in = in;
    this.longest = longest;
    this.beforeWaiting = beforeWaiting;
    this.buffer = new byte[longest + CHUNK];
  }

  /**
   * Finds the next line.
   *
   * @return whether there is one; what follows the last line break is one, too, unless empty
   */
  boolean next() throws IOException {
    tooLong = false;
    from = next;
    int scanned = next;
    while (true) {
      for (int i = scanned; i < filled; i++) {
        if (buffer[i] == '\n') {
          return line(i, i + 1);
        }
      }
      scanned = filled;
      if (filled - from > longest) { // keep nothing of it
        tooLong = true;
        filled = from;
        scanned = from;
      }
      if (ended) {
        return (filled > from || tooLong) && line(filled, filled);
      }
      scanned -= makeRoom();
      read();
    }
  }

  private boolean line(int end, int following) {
    to = end;
    next = following;
    tooLong |= to - from > longest;
    return true;
  }

  /** Moves the beginning of the line to the front; returns how far. */
  private int makeRoom() {
    int moved = from;
    if (moved > 0) {
      System.arraycopy(buffer, from, buffer, 0, filled - from);
      filled -= moved;
      from = 0;
    }
    return moved;
  }

  private void read() throws IOException {
    if (in.available() <= 0) {
      beforeWaiting.run();
    }
    int n = in.read(buffer, filled, Math.min(CHUNK, buffer.length - filled));
    if (n < 0) {
      ended = true;
    } else {
      filled += n;
    }
  }

  /** The buffer; the line is the part from {@link #from} to {@link #to}. */
  byte[] buffer() {
    return buffer;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  /** Whether the line has more bytes than allowed; they are lost. */
  boolean tooLong() {
    return tooLong;
  }

  boolean isBlank() {
    for (int i = from; i < to; i++) {
      if (buffer[i] != ' ' && buffer[i] != '\t' && buffer[i] != '\r') {
        return false;
      }
    }
    return !tooLong;
  }
}
