package dev.buddyd.input;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** A file that may be gzip. */
public final class GzipFile {

  private static final int MAGIC = 0x1f8b;

  private GzipFile() {}

  /**
   * Its text, counted as it is inflated.
   *
   * @param file gzip if its first two bytes say so; supports {@code mark}
   * @throws IOException if it begins as gzip, and does not go on so
   */
  public static InputStream text(InputStream file, long maxBytes, CountedInput.Complaint complaint)
      throws IOException {
    file.mark(2);
    int magic = file.read() << 8 | file.read();
    file.reset();
    return new CountedInput(
        magic == MAGIC ? new GZIPInputStream(file, 1 << 16) : file, maxBytes, complaint);
  }
}
