package dev.buddyd.replay;

import dev.buddyd.replay.json.LimitException;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are written once and read several times: in memory while they are few, else in a
 * temporary file that goes with {@link #close()}.
 */
final class Spool extends OutputStream {

  private static final int IN_MEMORY = 1 << 20;
  private static final int GZIP_MAGIC_0 = 0x1f;
  private static final int GZIP_MAGIC_1 = 0x8b;

  private final long limit;
  private final String limitName;
  private ByteArrayOutputStream memory = new ByteArrayOutputStream();
  private @Nullable Path file;
  private @Nullable OutputStream out;
  private long size;

  /**
   * @param limitName what a {@link LimitException} calls the limit
   * @param limit bytes it takes at most
   */
  Spool(String limitName, long limit) {
    this.limitName = limitName;
    this.limit = limit;
  }

  /** Takes everything that a stream gives. */
  static Spool of(InputStream in, String limitName, long limit) throws IOException {
    Spool spool = new Spool(limitName, limit);
    try {
      in.transferTo(spool);
      spool.end();
      return spool;
    } catch (IOException | RuntimeException e) {
      spool.close();
      throw e;
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    size += length;
    if (size > limit) {
      throw new LimitException(limitName, limit);
    }
    if (out == null && size > IN_MEMORY) {
      Path path = Files.createTempFile("buddyd-replay-", ".tmp");
      file = path;
      OutputStream toFile = Files.newOutputStream(path);
      out = toFile;
      memory.writeTo(toFile);
      memory = new ByteArrayOutputStream(0);
    }
    (out != null ? out : memory).write(bytes, offset, length);
  }

  /** Everything is written. */
  void end() throws IOException {
    if (out != null) {
      out.close();
    }
  }

  long size() {
    return size;
  }

  /** The bytes as they were written. */
  InputStream raw() throws IOException {
    return file != null
        ? new BufferedInputStream(Files.newInputStream(file), 1 << 16)
        : new ByteArrayInputStream(memory.toByteArray());
  }

  /** The bytes, inflated if they are gzip; more than {@code limit} of them is an error. */
  InputStream inflated(String name, long inflatedLimit) throws IOException {
    InputStream raw = raw();
    raw.mark(2);
    boolean gzip = raw.read() == GZIP_MAGIC_0 && raw.read() == GZIP_MAGIC_1;
    raw.reset();
    try {
      return new Limited(gzip ? new GZIPInputStream(raw, 1 << 16) : raw, name, inflatedLimit);
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
    if (file != null) {
      Files.deleteIfExists(file);
    }
    memory = new ByteArrayOutputStream(0);
  }

  /** Counts what is read. */
  private static final class Limited extends InputStream {

    private final InputStream in;
    private final String name;
    private final long limit;
    private long count;

    Limited(InputStream in, String name, long limit) {
      this.in = in;
      this.name = name;
      this.limit = limit;
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      count(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = in.read(bytes, offset, length);
      count(Math.max(n, 0));
      return n;
    }

    private void count(int n) {
      count += n;
      if (count > limit) {
        throw new LimitException(name, limit);
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
