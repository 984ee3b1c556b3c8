package dev.buddyd.api.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import dev.buddyd.api.LiveTest;
import dev.buddyd.machine.TestMachines;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Many clients at once on one machine, over real connections: nothing is lost or given twice. */
class ManyClientsTest extends LiveTest {

  private static final int CLIENTS = 6;
  private static final int REQUESTS = 150;
  private static final String[] MASKS = {
    "GFP_KERNEL", "GFP_HIGHUSER_MOVABLE", "GFP_ATOMIC", "GFP_KERNEL|__GFP_RECLAIMABLE"
  };

  /** Set when the clients are done: the disturbers stop. */
  private final AtomicBoolean done = new AtomicBoolean();

  private HttpResponse<byte[]> exchange(String method, String path, String body) {
    return send(
        request(path)
            .header("Content-Type", path.startsWith("/proc") ? "text/plain" : "application/json")
            .method(method, BodyPublishers.ofString(body)));
  }

  /** A client that allocates and frees, and knows at its end what it holds. */
  private final class PagesClient implements Callable<long[]> {

    private final Random random;
    private final String owner;
    private final boolean alone;
    private final List<long[]> held = new ArrayList<>();

    /**
     * @param alone whether nobody boots another machine meanwhile
     */
    PagesClient(int seed, boolean alone) {
      this.random = new Random(seed);
      this.owner = "client-" + seed;
      this.alone = alone;
    }

    /** Blocks and pages held. */
    @Override
    public long[] call() {
      for (int i = 0; i < REQUESTS; i++) {
        if (held.isEmpty() || random.nextInt(100) < 55) {
          allocate();
        } else {
          free();
        }
      }
      return new long[] {held.size(), held.stream().mapToLong(block -> 1L << block[1]).sum()};
    }

    private void allocate() {
      int order = random.nextInt(4);
      String body =
          "{\"gfp\":\"%s|__GFP_NORETRY\",\"order\":%d,\"cpu\":%d,\"owner\":\"%s\"}"
              .formatted(MASKS[random.nextInt(MASKS.length)], order, random.nextInt(4), owner);
      HttpResponse<byte[]> answer = exchange("POST", "/pages", body);
      if (answer.statusCode() == 201) {
        long pfn = JsonPath.<Number>read(text(answer), "$.pfn").longValue();
        held.add(new long[] {pfn, order});
      } else {
        assertThat(answer.statusCode()).as(text(answer)).isIn(alone ? List.of(409) : CROSSED);
      }
    }

    private void free() {
      long[] block = held.remove(random.nextInt(held.size()));
      HttpRequest.Builder request =
          request("/pages/%d?order=%d&cpu=%d".formatted(block[0], block[1], random.nextInt(4)))
              .DELETE();
      HttpResponse<byte[]> answer = send(request);
      assertThat(answer.statusCode())
          .as(text(answer))
          .isIn(alone ? List.of(204) : List.of(204, 409, 404));
    }
  }

  /** What a client may see when machines come and go under it. */
  private static final List<Integer> CROSSED = List.of(201, 404, 409);

  /** Sends operations; half of what it allocates stays. Returns blocks and pages held. */
  private long[] operate(int seed, boolean alone) {
    StringBuilder lines = new StringBuilder();
    int n = 600;
    for (int i = 0; i < n; i++) {
      lines.append(
          "{\"op\":\"alloc\",\"id\":\"%d\",\"gfp\":\"%s|__GFP_NORETRY\",\"order\":%d,\"cpu\":%d}\n"
              .formatted(i, MASKS[(i + seed) % MASKS.length], i % 3, i % 4));
      if (i % 2 == 1) {
        lines.append("{\"op\":\"free\",\"id\":\"%d\"}\n".formatted(i - 1));
      }
      if (i % 100 == 50) {
        lines.append("{\"op\":\"drain\",\"cpu\":%d}\n".formatted(i % 4));
      }
    }
    HttpResponse<byte[]> answer =
        send(
            request("/operations")
                .header("Content-Type", "application/x-ndjson")
                .POST(body(lines.toString())));
    assertThat(answer.statusCode()).isEqualTo(200);
    List<String> answers = text(answer).lines().toList();
    assertThat(answers.getLast()).startsWith("{\"summary\":");
    long blocks = 0;
    long pages = 0;
    for (String line : answers) {
      if (line.contains("\"op\":\"alloc\"") && line.contains("\"pfn\":")) {
        int id = Integer.parseInt(JsonPath.read(line, "$.id"));
        if (id % 2 == 1) {
          blocks++;
          pages += 1L << (id % 3);
        }
      }
    }
    if (alone) {
      assertThat(answers.getLast()).contains("\"errors\":0");
    }
    return new long[] {blocks, pages};
  }

  /** Calls one thing over and over while the others work. */
  private Callable<Long> disturb(String method, String path, String body, Integer... expected) {
    AtomicLong calls = new AtomicLong();
    return () -> {
      while (!done.get()) {
        String sent = body.contains("%d") ? body.formatted(2_000 + calls.get() % 50) : body;
        HttpResponse<byte[]> answer = exchange(method, path, sent);
        assertThat(answer.statusCode()).as(path + text(answer)).isIn((Object[]) expected);
        calls.incrementAndGet();
        Thread.sleep(5);
      }
      return calls.get();
    };
  }

  private List<Callable<Long>> disturbers() {
    return List.of(
        disturb("PUT", "/proc/sys/vm/min_free_kbytes", "%d", 200),
        disturb("POST", "/ticks", "{}", 200),
        disturb("GET", "/machine/snapshot", "", 200, 503),
        disturb("GET", "/invariants", "", 200),
        disturb("GET", "/pages?limit=500", "", 200),
        disturb("GET", "/actuator/prometheus", "", 200),
        disturb("POST", "/pages?dry_run=true", "{\"gfp\":\"GFP_KERNEL\",\"order\":3}", 200, 409));
  }

  private List<long[]> run(boolean alone, List<Callable<Long>> disturbers)
      throws InterruptedException, ExecutionException {
    List<long[]> held = new ArrayList<>();
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<Long>> disturbing = disturbers.stream().map(threads::submit).toList();
      List<Future<long[]>> clients = new ArrayList<>();
      for (int c = 0; c < CLIENTS; c++) {
        int seed = c;
        clients.add(threads.submit(new PagesClient(seed, alone)));
        clients.add(threads.submit(() -> operate(seed, alone)));
      }
      try {
        for (Future<long[]> client : clients) {
          held.add(client.get());
        }
      } finally {
        done.set(true);
      }
      for (Future<Long> each : disturbing) {
        assertThat(each.get()).isPositive();
      }
    }
    return held;
  }

  private void assertSoundOverHttp() {
    assertThat(text(send(request("/invariants")))).isEqualTo("{\"sound\":true,\"violations\":[]}");
  }

  @Test
  void everyPageIsAccountedFor() throws Exception {
    machines.boot(presets.get("x86_64"));

    List<long[]> held = run(true, disturbers());

    assertSoundOverHttp();
    assertThat(machines.current().liveAllocations())
        .isEqualTo(held.stream().mapToLong(h -> h[0]).sum());
    assertThat(TestMachines.pagesInUse(machines.current().memory()))
        .isEqualTo(held.stream().mapToLong(h -> h[1]).sum());
    for (int c = 0; c < CLIENTS; c++) {
      assertThat(send(request("/pages?owner=client-" + c).DELETE()).statusCode()).isEqualTo(200);
    }
    long left = 0;
    for (int c = 0; c < CLIENTS; c++) {
      left += held.get(2 * c + 1)[0];
    }
    assertThat(machines.current().liveAllocations()).as("what operations left").isEqualTo(left);
  }

  @Test
  void machinesComeAndGoUnderTheClients() throws Exception {
    machines.boot(presets.get("x86_64"));
    List<Callable<Long>> disturbers = new ArrayList<>(disturbers());
    disturbers.add(disturb("PUT", "/machine", "{\"preset\":\"x86_64\"}", 200, 503));
    disturbers.add(disturb("PUT", "/machine", "{\"preset\":\"tiny\"}", 200, 503));

    run(false, disturbers);

    assertSoundOverHttp();
    long listed = 0;
    String next = "/pages?limit=1000";
    while (next != null) {
      String page = text(send(request(next)));
      for (Number pages : JsonPath.<List<Number>>read(page, "$.pages[*].pages")) {
        listed += pages.longValue();
      }
      next = JsonPath.read(page, "$.next");
    }
    assertThat(listed).isEqualTo(TestMachines.pagesInUse(machines.current().memory()));
  }
}
