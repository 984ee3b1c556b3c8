package dev.buddyd.api.http;

import dev.buddyd.api.problem.ProblemException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Passes bytes on until there are more than a limit allows; then reading ends with the problem
 * {@code too-large}.
 */
public final class CountedStream extends FilterInputStream {

  private final String limitName;
  private final long limitBytes;
  private long count;

  /**
   * Counts a stream.
   *
   * @param limitName the setting, named in the problem
   * @param limitBytes how many bytes may pass
   */
  public CountedStream(InputStream in, String limitName, long limitBytes) {
    super(in);
    this.limitName = limitName;
    this.limitBytes = limitBytes;
  }

  /** The problem of a body with more bytes than this. */
  static ProblemException tooLarge(String limitName, long limitBytes) {
    return ProblemException.tooLarge(
        limitName,
        limitBytes,
        "the body has more than the %d bytes that %s allows".formatted(limitBytes, limitName));
  }

  private void count(long bytes) {
    if (bytes > 0) {
      count += bytes;
      if (count > limitBytes) {
        throw tooLarge(limitName, limitBytes);
      }
    }
  }

  @Override
  public int read() throws IOException {
    int b = super.read();
    count(b < 0 ? 0 : 1);
    return b;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int n = super.read(into, offset, length);
    count(n);
    return n;
  }

  @Override
  public long skip(long n) throws IOException {
    long skipped = super.skip(n);
    count(skipped);
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
