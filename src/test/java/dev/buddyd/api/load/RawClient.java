package dev.buddyd.api.load;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A client that sends what no library would, and reads answers by hand. */
public final class RawClient implements AutoCloseable {

  /**
   * An answer.
   *
   * @param status number of the status line
   * @param head status line and headers
   * @param body as text
   */
  public record Answer(int status, String head, String body) {

    /** A header's value, or nothing. */
    String header(String name) {
      for (String line : head.split("\r\n", -1)) {
        if (line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":")) {
          return line.substring(name.length() + 1).strip();
        }
      }
      return "";
    }
  }

  private final Socket socket;
  private final InputStream in;

  public RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    socket.setTcpNoDelay(true);
    in = socket.getInputStream();
  }

  /** Sends lines that end as HTTP wants it, an empty one behind them, and a body. */
  public RawClient send(String body, String... head) throws IOException {
    return raw(String.join("\r\n", head) + "\r\n\r\n" + body);
  }

  /** Sends bytes as they are. */
  public RawClient raw(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /** Reads one answer; {@code HEAD} and 204 have no body. */
  public Answer answer(boolean withBody) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("closed after: " + head);
      }
      head.append((char) b);
    }
    String text = head.toString();
    int status = Integer.parseInt(text.substring(9, 12));
    Answer headed = new Answer(status, text, "");
    if (!withBody || status == 204 || status == 304) {
      return headed;
    }
    String length = headed.header("Content-Length");
    byte[] body =
        !length.isEmpty()
            ? in.readNBytes(Integer.parseInt(length))
            : headed.header("Transfer-Encoding").isEmpty() ? in.readAllBytes() : chunks();
    return new Answer(status, text, new String(body, StandardCharsets.UTF_8));
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      int size = Integer.parseInt(line(), 16);
      body.write(in.readNBytes(size));
      line();
      if (size == 0) {
        return body.toByteArray();
      }
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("closed after: " + line);
      }
      line.append((char) b);
    }
    return line.toString().strip();
  }

  /** Whether the server has closed the connection. */
  public boolean isClosed() throws IOException {
    try {
      return in.read() < 0;
    } catch (java.net.SocketException reset) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
