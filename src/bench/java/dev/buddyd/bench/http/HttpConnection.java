package dev.buddyd.bench.http;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A kept-alive connection that costs the client as little as possible. */
final class HttpConnection implements AutoCloseable {

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final byte[] body = new byte[1 << 16];
  private int length;
  private int status;

  HttpConnection(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    out = socket.getOutputStream();
  }

  /** The bytes of a request with a JSON body, or without any. */
  static byte[] request(String method, String path, String json) {
    String head = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n";
    String rest =
        json.isEmpty()
            ? "\r\n"
            : "Content-Type: application/json\r\nContent-Length: " + json.length() + "\r\n\r\n";
    return (head + rest + json).getBytes(StandardCharsets.US_ASCII);
  }

  /** Sends a request and reads its answer; returns the status. */
  int call(byte[] request) throws IOException {
    out.write(request);
    status = Integer.parseInt(line().substring(9, 12));
    int contentLength = 0;
    boolean chunked = false;
    for (String header = line(); !header.isEmpty(); header = line()) {
      if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
        contentLength = Integer.parseInt(header.substring(15).strip());
      } else if (header.regionMatches(true, 0, "transfer-encoding:", 0, 18)) {
        chunked = true;
      }
    }
    length = 0;
    if (chunked) {
      for (int size = chunk(); size > 0; size = chunk()) {
        read(size);
        line();
      }
      line();
    } else {
      read(contentLength);
    }
    return status;
  }

  private int chunk() throws IOException {
    return Integer.parseInt(line(), 16);
  }

  private void read(int bytes) throws IOException {
    for (int left = bytes; left > 0; ) { // large bodies are counted, only their start is kept
      int at = Math.min(length, body.length / 2);
      int n = in.read(body, at, Math.min(left, body.length - at));
      if (n < 0) {
        throw new EOFException();
      }
      left -= n;
      length += n;
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder(64);
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException();
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  /** Bytes of the last answer's body. */
  int length() {
    return length;
  }

  /** The number behind {@code "pfn":} in the last answer. */
  long pfn() {
    long pfn = 0;
    for (int i = 7; body[i] >= '0' && body[i] <= '9'; i++) {
      pfn = 10 * pfn + body[i] - '0';
    }
    return pfn;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
