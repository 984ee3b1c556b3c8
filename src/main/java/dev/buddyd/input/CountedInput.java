package dev.buddyd.input;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Lets a limited number of bytes through, counted as they pass. */
public final class CountedInput extends FilterInputStream {

  /** Says that there are more. */
  @FunctionalInterface
  public interface Complaint {
    /** Always throws. */
    void tooMany() throws IOException;
  }

  private final long maxBytes;
  private final Complaint complaint;
  private long bytes;

  public CountedInput(InputStream in, long maxBytes, Complaint complaint) {
    super(in);
    this.maxBytes = maxBytes;
    this.complaint = complaint;
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

  /** Bytes that were read twice would count twice. */
  @Override
  public boolean markSupported() {
    return false;
  }

  private void count(long n) throws IOException {
    bytes += Math.max(n, 0);
    if (bytes > maxBytes) {
      complaint.tooMany();
    }
  }
}
