package dev.buddyd.bench.http;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Allocates a page and frees it, over and over, on a few connections. */
final class PagesLoad {

  private static final String ONE_PAGE = "{\"gfp\":\"GFP_KERNEL\",\"order\":0}";

  private PagesLoad() {}

  /**
   * What a round gave.
   *
   * @param requests answered
   * @param wall time from the first to the last
   * @param cpu of the server, all threads
   * @param slowest time of one request, in microseconds
   */
  record Round(long requests, Duration wall, Duration cpu, long slowest) {

    double perSecond() {
      return requests / (wall.toNanos() / 1e9);
    }

    double microsOfCpu() {
      return cpu.toNanos() / 1e3 / requests;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%,d requests, %,.0f per second, %.1f us of server CPU each",
          requests,
          perSecond(),
          microsOfCpu());
    }
  }

  /**
   * Loads {@code path} and {@code path/<pfn>}.
   *
   * @param path {@code /pages}, or another that answers alike
   */
  static Round round(Server server, String path, int connections, Duration length)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + length.toNanos();
    Duration cpu = server.cpu();
    long start = System.nanoTime();
    long requests = 0;
    long slowest = 0;
    try (ExecutorService clients = Executors.newFixedThreadPool(connections)) {
      List<Future<long[]>> running = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        running.add(clients.submit(() -> client(server, path, end)));
      }
      for (Future<long[]> client : running) {
        requests += client.get()[0];
        slowest = Math.max(slowest, client.get()[1]);
      }
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
    Duration wall = Duration.ofNanos(System.nanoTime() - start);
    return new Round(requests, wall, server.cpu().minus(cpu), slowest / 1_000);
  }

  private static long[] client(Server server, String path, long end) throws IOException {
    byte[] allocate = HttpConnection.request("POST", path, ONE_PAGE);
    long requests = 0;
    long slowest = 0;
    try (HttpConnection connection = new HttpConnection(server.port())) {
      while (System.nanoTime() < end) {
        long begin = System.nanoTime();
        if (connection.call(allocate) != 201) {
          throw new IOException("not granted");
        }
        byte[] free = HttpConnection.request("DELETE", path + "/" + connection.pfn(), "");
        if (connection.call(free) != 204) {
          throw new IOException("not freed");
        }
        slowest = Math.max(slowest, System.nanoTime() - begin);
        requests += 2;
      }
    }
    return new long[] {requests, slowest};
  }
}
