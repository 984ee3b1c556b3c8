package dev.buddyd.bench.http;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/** Times one {@code GET} that is large. */
final class ReadsLoad {

  private ReadsLoad() {}

  /**
   * What came of it.
   *
   * @param bytes of the answer
   * @param millis of each call, ascending
   */
  record Times(int bytes, double[] millis) {

    double median() {
      return millis[millis.length / 2];
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%,d bytes; %.1f ms at best, %.1f in the middle, %.1f at worst of %d",
          bytes,
          millis[0],
          median(),
          millis[millis.length - 1],
          millis.length);
    }
  }

  /** Calls a path so many times, after as many to warm up. */
  static Times times(Server server, String path, String accept, int calls) throws IOException {
    byte[] request =
        new String(
                HttpConnection.request("GET", path, ""), java.nio.charset.StandardCharsets.US_ASCII)
            .replace("Accept: */*", "Accept: " + accept)
            .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    double[] millis = new double[calls];
    try (HttpConnection connection = new HttpConnection(server.port())) {
      for (int i = -calls; i < calls; i++) {
        long begin = System.nanoTime();
        if (connection.call(request) != 200) {
          throw new IOException(path + " is not answered");
        }
        if (i >= 0) {
          millis[i] = (System.nanoTime() - begin) / 1e6;
        }
      }
      Arrays.sort(millis);
      return new Times(connection.length(), millis);
    }
  }
}
