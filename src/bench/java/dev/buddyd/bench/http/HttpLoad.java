package dev.buddyd.bench.http;

import dev.buddyd.bench.http.OperationsLoad.Mix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;

/**
 * What the service costs over HTTP, on loopback: starts it in a process of its own, warms it up,
 * and prints operations per second of its CPU time, {@code POST /pages} beside a handler that
 * answers a constant, and the times of large reads. Rounds are interleaved; the median counts.
 *
 * <pre>
 * ./mvnw -Pbench verify -Dbench.main=dev.buddyd.bench.http.HttpLoad \
 *     -Dbench.args="operations pages pageblocks prometheus rounds=7 seconds=3"
 * java -cp CLASSPATH dev.buddyd.bench.http.HttpLoad operations warmup=20 \
 *     jvm=-XX:StartFlightRecording=filename=operations.jfr,settings=profile
 * </pre>
 */
public final class HttpLoad {

  private static final String HUGE =
      """
      {"name":"1 TiB","nodes":[{"cpus":[0,1,2,3],"ranges":[{"start_pfn":1,"pages":158},\
      {"start_pfn":256,"pages":268435200}]}]}\
      """;

  private final List<String> wanted = new ArrayList<>();
  private final List<String> jvm = new ArrayList<>();
  private int rounds = 7;
  private int connections = 4;
  private int port = 8199;
  private Duration length = Duration.ofSeconds(3);
  private Duration warmUp = Duration.ofSeconds(30);

  private HttpLoad(String[] args) {
    for (String arg : args) {
      String value = arg.substring(arg.indexOf('=') + 1);
      switch (arg.substring(0, Math.max(0, arg.indexOf('=')))) {
        case "rounds" -> rounds = Integer.parseInt(value);
        case "seconds" -> length = Duration.ofSeconds(Integer.parseInt(value));
        case "warmup" -> warmUp = Duration.ofSeconds(Integer.parseInt(value));
        case "connections" -> connections = Integer.parseInt(value);
        case "port" -> port = Integer.parseInt(value);
        case "jvm" -> jvm.add(value);
        default -> wanted.add(arg);
      }
    }
  }

  /** Runs what is asked for, or everything. */
  public static void main(String[] args) throws IOException, InterruptedException {
    new HttpLoad(args).run();
  }

  private boolean wants(String part) {
    return wanted.isEmpty() || wanted.contains(part);
  }

  private void run() throws IOException, InterruptedException {
    try (Server server = new Server(port, jvm)) {
      if (wants("operations")) {
        operations(server);
      }
      if (wants("pages")) {
        pages(server);
      }
      if (wants("pageblocks")) {
        pageblocks(server);
      }
      if (wants("prometheus")) {
        prometheus(server);
      }
    }
  }

  private static void say(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static <T> double median(List<T> rounds, ToDoubleFunction<T> value) {
    return median(rounds.stream().mapToDouble(value).toArray());
  }

  // ---- operations

  private void operations(Server server) throws IOException, InterruptedException {
    say("%nPOST /operations, one connection, default machine%n");
    for (Mix mix : Mix.values()) {
      OperationsLoad.round(server, mix, warmUp.dividedBy(Mix.values().length));
    }
    List<List<OperationsLoad.Round>> all = new ArrayList<>();
    Arrays.stream(Mix.values()).forEach(mix -> all.add(new ArrayList<>()));
    for (int i = 0; i < rounds; i++) {
      for (Mix mix : Mix.values()) {
        all.get(mix.ordinal()).add(OperationsLoad.round(server, mix, length));
      }
    }
    say("| mix | operations per second of server CPU | lowest..highest | us each | per second |");
    say("|---|---|---|---|---|");
    for (Mix mix : Mix.values()) {
      List<OperationsLoad.Round> of = all.get(mix.ordinal());
      double[] perCpu = of.stream().mapToDouble(OperationsLoad.Round::perCpuSecond).toArray();
      say(
          "| %s | %,.0f | %,.0f..%,.0f | %.2f | %,.0f |",
          mix.name().toLowerCase(Locale.ROOT),
          median(perCpu),
          Arrays.stream(perCpu).min().orElse(0),
          Arrays.stream(perCpu).max().orElse(0),
          1e6 / median(perCpu),
          median(of, OperationsLoad.Round::perSecond));
    }
  }

  // ---- pages

  private void pages(Server server) throws IOException, InterruptedException {
    say("%nPOST + DELETE, %d connections%n", connections);
    PagesLoad.round(server, "/pages", connections, warmUp.dividedBy(2));
    PagesLoad.round(server, "/constant", connections, warmUp.dividedBy(2));
    List<PagesLoad.Round> pages = new ArrayList<>();
    List<PagesLoad.Round> constant = new ArrayList<>();
    double[] ratios = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      pages.add(PagesLoad.round(server, "/pages", connections, length));
      constant.add(PagesLoad.round(server, "/constant", connections, length));
      ratios[i] = pages.getLast().perSecond() / constant.getLast().perSecond();
    }
    say("| path | requests per second | us of server CPU each |");
    say("|---|---|---|");
    line("/pages", pages);
    line("/constant", constant);
    say(
        "%nratio of requests per second %.3f (median of the rounds; %.3f..%.3f), of CPU %.3f",
        median(ratios),
        Arrays.stream(ratios).min().orElse(0),
        Arrays.stream(ratios).max().orElse(0),
        median(constant, PagesLoad.Round::microsOfCpu)
            / median(pages, PagesLoad.Round::microsOfCpu));
  }

  private static void line(String path, List<PagesLoad.Round> of) {
    say(
        "| %s | %,.0f | %.1f |",
        path, median(of, PagesLoad.Round::perSecond), median(of, PagesLoad.Round::microsOfCpu));
  }

  // ---- large reads

  private void pageblocks(Server server) throws IOException, InterruptedException {
    server.request("PUT", "/machine", HUGE);
    touch(server, 41);
    say("%nGET /pageblocks, 1 TiB, 1 %% of its frames touched, each page allocated by itself%n");
    say("%s", ReadsLoad.times(server, "/pageblocks", "application/octet-stream", 30));
    server.request("PUT", "/machine", "{\"preset\":\"x86_64\"}");
  }

  /** Allocates 65,536 single pages so many times. */
  private static void touch(Server server, int times) throws IOException {
    String line = "{\"op\":\"alloc_bulk\",\"gfp\":\"GFP_KERNEL\",\"count\":65536}\n";
    byte[] answer = server.request("POST", "/operations?results=none", line.repeat(times));
    if (!new String(answer, StandardCharsets.US_ASCII).contains("\"done\":" + times)) {
      throw new IOException(new String(answer, StandardCharsets.US_ASCII));
    }
  }

  private static String sixteenNodes() {
    StringBuilder nodes = new StringBuilder();
    for (int node = 0; node < 16; node++) {
      long start = node == 0 ? 256 : node * 1_048_576L;
      long pages = node == 0 ? 1_048_320 : 1_048_576;
      nodes.append(node == 0 ? "" : ",");
      nodes.append("{\"cpus\":[%d,%d],".formatted(2 * node, 2 * node + 1));
      nodes.append("\"ranges\":[{\"start_pfn\":%d,\"pages\":%d}]}".formatted(start, pages));
    }
    return "{\"name\":\"16 nodes\",\"nodes\":[" + nodes + "]}";
  }

  private void prometheus(Server server) throws IOException, InterruptedException {
    server.request("PUT", "/machine", sixteenNodes());
    say("%nGET /actuator/prometheus, 16 nodes%n");
    say("alone: %s", ReadsLoad.times(server, "/actuator/prometheus", "*/*", 50));
    PagesLoad.round(server, "/pages", 1, Duration.ofSeconds(5));
    List<PagesLoad.Round> quiet = new ArrayList<>();
    List<PagesLoad.Round> scraped = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      quiet.add(PagesLoad.round(server, "/pages", 1, length));
      AtomicBoolean stop = new AtomicBoolean();
      Thread scraper = Thread.ofPlatform().start(() -> scrape(server, stop));
      scraped.add(PagesLoad.round(server, "/pages", 1, length));
      stop.set(true);
      scraper.join();
    }
    say(
        "slowest POST + DELETE of a round (median of the rounds): %.1f ms alone, %.1f ms with a"
            + " scrape every 100 ms",
        median(quiet, round -> round.slowest() / 1e3),
        median(scraped, round -> round.slowest() / 1e3));
    say(
        "requests per second: %,.0f alone, %,.0f scraped",
        median(quiet, PagesLoad.Round::perSecond), median(scraped, PagesLoad.Round::perSecond));
    server.request("PUT", "/machine", "{\"preset\":\"x86_64\"}");
  }

  private static void scrape(Server server, AtomicBoolean stop) {
    byte[] request = HttpConnection.request("GET", "/actuator/prometheus", "");
    try (HttpConnection connection = new HttpConnection(server.port())) {
      while (!stop.get()) {
        connection.call(request);
        Thread.sleep(100);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
