package dev.buddyd.bench.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/** {@code POST /operations} as fast as the service takes it: one connection, read while sending. */
final class OperationsLoad {

  private static final byte[] HEAD =
      String.join(
              "\r\n",
              "POST /operations HTTP/1.1",
              "Host: localhost",
              "Content-Type: application/x-ndjson",
              "Transfer-Encoding: chunked",
              "",
              "")
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** What goes on in the machine. */
  enum Mix {
    /** One page, given back at once. */
    REPEAT,
    /** 500 pages held, then given back in the same order. */
    BULK,
    /** 500 blocks of order 0 to 3 held, a third of the operations by pfn-free ids out of order. */
    MIXED
  }

  private OperationsLoad() {}

  /** A chunk of 1,000 operations that ends where it began: nothing is held. */
  private static byte[] chunk(Mix mix) {
    StringBuilder lines = new StringBuilder();
    if (mix == Mix.REPEAT) {
      for (int i = 0; i < 500; i++) {
        lines.append("{\"op\":\"alloc\",\"id\":\"a").append(i);
        lines.append("\",\"gfp\":\"GFP_KERNEL\",\"order\":0}\n");
        lines.append("{\"op\":\"free\",\"id\":\"a").append(i).append("\"}\n");
      }
    } else {
      for (int i = 0; i < 500; i++) {
        int order = mix == Mix.BULK ? 0 : i % 4;
        String gfp = mix == Mix.BULK || i % 2 == 0 ? "GFP_KERNEL" : "GFP_HIGHUSER_MOVABLE";
        lines.append("{\"op\":\"alloc\",\"id\":\"a").append(i);
        lines.append("\",\"gfp\":\"").append(gfp).append("\",\"order\":").append(order);
        lines.append("}\n");
      }
      for (int i = 0; i < 500; i++) {
        int id = mix == Mix.BULK ? i : i * 321 % 500;
        lines.append("{\"op\":\"free\",\"id\":\"a").append(id).append("\"}\n");
      }
    }
    byte[] body = lines.toString().getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream chunk = new ByteArrayOutputStream();
    chunk.writeBytes(
        (Integer.toHexString(body.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    chunk.writeBytes(body);
    chunk.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    return chunk.toByteArray();
  }

  /**
   * What a round gave.
   *
   * @param operations done
   * @param wall time from the first byte to the last
   * @param cpu of the server, all threads
   */
  record Round(long operations, Duration wall, Duration cpu) {

    double perCpuSecond() {
      return operations / (cpu.toNanos() / 1e9);
    }

    double perSecond() {
      return operations / (wall.toNanos() / 1e9);
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%,d operations, %,.0f per second of server CPU (%.2f us each), %,.0f per second",
          operations,
          perCpuSecond(),
          1e6 / perCpuSecond(),
          perSecond());
    }
  }

  /** Sends for about this long. */
  static Round round(Server server, Mix mix, Duration length)
      throws IOException, InterruptedException {
    byte[] chunk = chunk(mix);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      Answers answers = new Answers(socket.getInputStream());
      Duration cpu = server.cpu();
      long start = System.nanoTime();
      Thread reader = Thread.ofPlatform().start(answers);
      OutputStream out = socket.getOutputStream();
      out.write(HEAD);
      long sent = 0;
      while (System.nanoTime() - start < length.toNanos()) {
        out.write(chunk);
        sent += 1_000;
      }
      out.write(END);
      out.flush();
      reader.join();
      Duration wall = Duration.ofNanos(System.nanoTime() - start);
      if (!answers.tail().contains("\"done\":" + sent + ",\"refused\":0,\"errors\":0")) {
        throw new IOException("not all was done: " + answers.tail());
      }
      return new Round(sent, wall, server.cpu().minus(cpu));
    }
  }

  /** Reads answers up to the summary and keeps only the end. */
  private static final class Answers implements Runnable {

    private final InputStream in;
    private volatile String tail = "";

    Answers(InputStream in) {
      this.in = in;
    }

    @Override
    public void run() {
      byte[] buffer = new byte[1 << 18];
      try {
        String last = "";
        while (!last.endsWith("0\r\n\r\n")) {
          int n = in.read(buffer);
          if (n < 0) {
            break;
          }
          int from = Math.max(0, n - 400);
          String end = new String(buffer, from, n - from, StandardCharsets.US_ASCII);
          last = n < 400 ? last + end : end;
          last = last.substring(Math.max(0, last.length() - 400));
        }
        tail = last;
      } catch (IOException e) {
        tail = e.toString();
      }
    }

    String tail() {
      return tail;
    }
  }
}
