package dev.buddyd.replay;

import dev.buddyd.input.GzipFile;
import dev.buddyd.replay.json.LimitException;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are written once and read several times: in memory while they are few, else in a
 * temporary file that has no name any more once it is open, so that nothing is left behind.
 */
final class Spool extends OutputStream {

  private static final int IN_MEMORY = 1 << 20;

  private final long limit;
  private final String limitName;
  private ByteArrayOutputStream memory = new ByteArrayOutputStream();
  private @Nullable FileChannel file;
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
    if (file == null && size > IN_MEMORY) {
      file =
          FileChannel.open(
              Files.createTempFile("buddyd-replay-", ".tmp"),
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
      append(file, memory.toByteArray(), 0, memory.size());
      memory = new ByteArrayOutputStream(0);
    }
    if (file == null) {
      memory.write(bytes, offset, length);
    } else {
      append(file, bytes, offset, length);
    }
  }

  private static void append(FileChannel file, byte[] bytes, int offset, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
    while (buffer.hasRemaining()) {
      file.write(buffer);
    }
  }

  long size() {
    return size;
  }

  /** The bytes as they were written. */
  InputStream raw() {
    return file != null
        ? new BufferedInputStream(new FromStart(file), 1 << 16)
        : new ByteArrayInputStream(memory.toByteArray());
  }

  /** The bytes, inflated if they are gzip; more than {@code limit} of them is an error. */
  InputStream inflated(String name, long inflatedLimit) throws IOException {
    InputStream raw = raw();
    try {
      return GzipFile.text(
          raw,
          inflatedLimit,
          () -> {
            throw new LimitException(name, inflatedLimit);
          });
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
    memory = new ByteArrayOutputStream(0);
  }

  /** Reads a file from its start, whoever else reads it. */
  private static final class FromStart extends InputStream {

    private final FileChannel file;
    private long position;

    FromStart(FileChannel file) {
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = file.read(ByteBuffer.wrap(bytes, offset, length), position);
      position += Math.max(n, 0);
      return n;
    }
  }
}
