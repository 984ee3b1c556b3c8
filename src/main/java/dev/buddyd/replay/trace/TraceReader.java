package dev.buddyd.replay.trace;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads a trace line by line; no line takes more memory than {@link #MAX_LINE}. */
final class TraceReader implements Closeable {

  /** Bytes of a line that are looked at. */
  static final int MAX_LINE = 16_384;

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private final byte[] line = new byte[MAX_LINE];
  private int at;
  private int end;
  private long lines;

  TraceReader(InputStream in) {
    this.in = in;
  }

  /** Lines read so far. */
  long lines() {
    return lines;
  }

  /** The next line, cut if it is too long; null at the end. */
  @Nullable String next() throws IOException {
    int length = 0;
    boolean any = false;
    while (true) {
      if (at == end) {
        end = in.read(buffer);
        at = 0;
        if (end <= 0) {
          end = 0;
          return any ? text(length) : null;
        }
      }
      any = true;
      byte b = buffer[at++];
      if (b == '\n') {
        return text(length);
      }
      if (length < MAX_LINE) {
        line[length++] = b;
      }
    }
  }

  private String text(int length) {
    lines++;
    return new String(line, 0, length, StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
