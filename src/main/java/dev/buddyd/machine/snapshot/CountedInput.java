package dev.buddyd.machine.snapshot;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Lets a limited number of bytes through, counted as they pass. */
final class CountedInput extends FilterInputStream {

  private final String limit;
  private final long maxBytes;
  private long bytes;

  CountedInput(InputStream in, String limit, long maxBytes) {
    super(in);
    this.limit = limit;
    this.maxBytes = maxBytes;
  }

  @Override
  public int read() throws IOException {
    int b = in.read();
    count(b < 0 ? 0 : 1);
    return b;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int n = in.read(into, offset, length);
    count(n);
    return n;
  }

  @Override
  public long skip(long n) throws IOException {
    long skipped = in.skip(n);
    count(skipped);
    return skipped;
  }

  private void count(long n) throws SnapshotTooLargeException {
    bytes += Math.max(n, 0);
    if (bytes > maxBytes) {
      throw new SnapshotTooLargeException(limit, maxBytes);
    }
  }
}
