package dev.buddyd.api.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import dev.buddyd.api.LiveTest;
import dev.buddyd.machine.MachineSession;
import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.machine.PageUse;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.machine.TestMachines;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.reclaim.VmEvent;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/**
 * Many clients on a machine that is short of memory, while kswapd and kcompactd run on a thread of
 * their own: nothing is lost, nobody waits for ever, no answer is a fault of the service.
 */
@TestPropertySource(properties = "buddyd.background=background")
class BackgroundReclaimTest extends LiveTest {

  private static final int CLIENTS = 5;
  private static final int REQUESTS = 250;
  private static final int TIMEOUT_SECONDS = 120;
  private static final int FILLED = 13_000;

  /** Pages in swap before the clients come, so that they bring some back. */
  private static final int SWAPPED = 1024;

  private static final String[] USES = {"file", "anon", "slab", "kernel"};
  private static final String[] MASKS = {
    "GFP_HIGHUSER_MOVABLE",
    "GFP_KERNEL",
    "GFP_NOIO",
    "GFP_NOWAIT",
    "GFP_ATOMIC",
    "GFP_KERNEL|__GFP_NORETRY",
    "GFP_KERNEL|__GFP_RETRY_MAYFAIL"
  };

  /**
   * Anonymous memory of nobody in particular, which every process uses, brings back and gives back.
   */
  private final List<Long> shared = new ArrayList<>();

  private final AtomicBoolean done = new AtomicBoolean();

  private HttpResponse<byte[]> exchange(String method, String path, String body) {
    return send(
        request(path)
            .header("Content-Type", path.startsWith("/proc") ? "text/plain" : "application/json")
            .method(method, BodyPublishers.ofString(body)));
  }

  /** A process: allocates, uses, brings back and gives back by sequence. */
  private final class Client implements Callable<List<Long>> {

    private final Random random;
    private final String owner;
    private final List<Long> held = new ArrayList<>();

    Client(int seed) {
      this.random = new Random(seed);
      this.owner = "process-" + seed;
    }

    /** Sequences of what it still holds. */
    @Override
    public List<Long> call() {
      for (int i = 0; i < REQUESTS; i++) {
        int dice = random.nextInt(100);
        if (held.isEmpty() || dice < 55) {
          allocate();
        } else if (dice < 70) {
          use("touches", "{\"write\":%b}".formatted(dice % 2 == 0));
        } else if (dice < 85) {
          use("faults", "{}");
        } else {
          giveBack();
        }
      }
      return held;
    }

    private void allocate() {
      String use = USES[random.nextInt(USES.length)];
      boolean dirty = use.equals("file") && random.nextBoolean();
      HttpResponse<byte[]> answer =
          exchange(
              "POST",
              "/pages" + (random.nextInt(20) == 0 ? "?explain=true" : ""),
              "{\"gfp\":\"%s\",\"order\":%d,\"use\":\"%s\",\"dirty\":%b,\"cpu\":%d,\"owner\":\"%s\"}"
                  .formatted(
                      MASKS[random.nextInt(MASKS.length)],
                      random.nextInt(25) == 0 ? 9 : random.nextInt(4),
                      use,
                      dirty,
                      random.nextInt(2),
                      owner));
      assertThat(answer.statusCode()).as(text(answer)).isIn(201, 409);
      if (answer.statusCode() == 201) {
        held.add(JsonPath.<Number>read(text(answer), "$.sequence").longValue());
      }
    }

    /** Uses its own pages, or those that all share. */
    private void use(String how, String body) {
      boolean own = random.nextBoolean();
      List<Long> from = own ? held : shared;
      long sequence = from.get(random.nextInt(from.size()));
      HttpResponse<byte[]> answer = exchange("POST", "/allocations/" + sequence + "/" + how, body);
      assertThat(answer.statusCode())
          .as(text(answer))
          .isIn(own ? List.of(200, 409) : List.of(200, 404, 409));
    }

    private void giveBack() {
      boolean own = random.nextInt(4) > 0;
      long sequence =
          own
              ? held.remove(random.nextInt(held.size()))
              : shared.get(random.nextInt(shared.size()));
      HttpResponse<byte[]> freed = exchange("DELETE", "/allocations/" + sequence, "");
      assertThat(freed.statusCode()).as(text(freed)).isIn(own ? List.of(204) : List.of(204, 404));
    }
  }

  /** Streams page cache, half of which it gives back, and keeps all its anonymous memory. */
  private List<Long> stream(int seed) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 3_000; i++) {
      String use = i % 4 == 0 ? "file" : "anon";
      lines.append(
          "{\"op\":\"alloc\",\"id\":\"%d\",\"gfp\":\"GFP_HIGHUSER_MOVABLE\",\"use\":\"%s\",\"dirty\":%b,\"owner\":\"stream-%d\"}\n"
              .formatted(i, use, i % 8 == 0, seed));
      if (i % 8 == 5) { // what came before was page cache
        lines.append("{\"op\":\"free\",\"id\":\"%d\"}\n".formatted(i - 1));
      }
    }
    HttpResponse<byte[]> answer =
        send(
            request("/operations?results=errors")
                .header("Content-Type", "application/x-ndjson")
                .POST(body(lines.toString())));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(text(answer).lines().toList().getLast()).contains("\"errors\":0");
    return List.of();
  }

  private Callable<Long> disturb(String method, String path, String body, Integer... expected) {
    return () -> {
      long calls = 0;
      while (!done.get()) {
        HttpResponse<byte[]> answer = exchange(method, path, body);
        assertThat(answer.statusCode()).as(path + text(answer)).isIn((Object[]) expected);
        calls++;
        Thread.sleep(20);
      }
      return calls;
    };
  }

  private List<Callable<Long>> disturbers() {
    return List.of(
        disturb("POST", "/ticks", "{}", 200),
        disturb("POST", "/reclaims", "{\"pages\":64}", 200),
        disturb("POST", "/compactions", "{\"order\":4}", 200),
        disturb("PUT", "/proc/sys/vm/drop_caches", "2", 200),
        disturb("GET", "/invariants", "", 200),
        disturb("GET", "/machine/snapshot", "", 200, 503), // 503: too many copies at a time
        disturb("GET", "/owners", "", 200),
        disturb("GET", "/actuator/prometheus", "", 200));
  }

  /** 64 MiB on two CPUs with 8 MiB of swap, nearly full, and half of the swap in use. */
  private SimulatedMachine fullMachine() {
    HttpResponse<byte[]> booted =
        exchange(
            "PUT",
            "/machine",
            """
            {"name":"short","arch":"x86_64","swap_kb":8192,
             "nodes":[{"cpus":[0,1],"ranges":[{"start_pfn":1,"pages":16383}]}]}
            """);
    assertThat(booted.statusCode()).isEqualTo(200);
    SimulatedMachine machine = machines.current();
    MachineSession session = new MachineSession(machine, false);
    int owner = machine.owner("filler");
    machine.reclaim().declareProcess(owner, -1000); // never killed
    PageUse[] uses = {PageUse.FILE, PageUse.ANON, PageUse.ANON, PageUse.SLAB};
    for (int i = 0; i < FILLED; i++) {
      PageUse use = uses[i % uses.length];
      int gfp = Gfp.NOWARN | (use == PageUse.SLAB ? 0 : Gfp.HIGHMEM | Gfp.MOVABLE);
      boolean dirty = use == PageUse.FILE && i % 8 == 0;
      session.allocate(Call.ALLOC_PAGES, gfp, 0, 0, 0, owner, use, dirty);
      if (use == PageUse.ANON) {
        shared.add(session.sequence());
      }
    }
    assertThat(exchange("PUT", "/proc/sys/vm/swappiness", "200").statusCode()).isEqualTo(200);
    for (int i = 0; machine.reclaim().events().get(VmEvent.PGSTEAL_ANON) < SWAPPED; i++) {
      assertThat(i).as("each time some are written, and given back after a tick").isLessThan(100);
      assertThat(exchange("POST", "/reclaims", "{\"pages\":64}").statusCode()).isEqualTo(200);
      assertThat(exchange("POST", "/ticks", "{}").statusCode()).isEqualTo(200);
    }
    assertThat(exchange("PUT", "/proc/sys/vm/swappiness", "60").statusCode()).isEqualTo(200);
    return machine;
  }

  @Test
  void memoryIsReclaimedUnderTheClients() throws Exception {
    SimulatedMachine machine = fullMachine();
    List<Long> held = new ArrayList<>();
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<Long>> disturbing = disturbers().stream().map(threads::submit).toList();
      List<Future<List<Long>>> clients = new ArrayList<>();
      for (int c = 0; c < CLIENTS; c++) {
        int seed = c;
        clients.add(threads.submit(new Client(seed)));
        clients.add(threads.submit(() -> stream(seed)));
      }
      for (Future<List<Long>> client : clients) {
        held.addAll(client.get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
      }
      done.set(true);
      for (Future<Long> each : disturbing) {
        assertThat(each.get(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isPositive();
      }
    } finally {
      done.set(true);
      threads.shutdownNow();
    }

    assertThat(machine.reclaim().events().get(VmEvent.PGSTEAL_KSWAPD)).isPositive();
    assertThat(machine.reclaim().events().get(VmEvent.PGSTEAL_DIRECT)).isPositive();
    assertThat(machine.reclaim().events().get(VmEvent.PSWPIN)).isPositive();
    assertThat(machine.reclaim().events().get(VmEvent.OOM_KILL)).isPositive();
    assertThat(text(send(request("/invariants")))).isEqualTo("{\"sound\":true,\"violations\":[]}");
    for (long sequence : held) {
      HttpResponse<byte[]> each = exchange("GET", "/allocations/" + sequence, "");
      assertThat(each.statusCode()).as(text(each)).isEqualTo(200);
      assertThat(JsonPath.<String>read(text(each), "$.state"))
          .isIn("resident", "migrated", "swapped", "dropped", "killed");
    }
    assertNothingIsLeftAfterAllIsGivenBack(machine);
  }

  private void assertNothingIsLeftAfterAllIsGivenBack(SimulatedMachine machine) {
    List<String> owners = new ArrayList<>(List.of("filler"));
    for (int c = 0; c < CLIENTS; c++) {
      owners.addAll(List.of("process-" + c, "stream-" + c));
    }
    for (String owner : owners) {
      assertThat(exchange("DELETE", "/pages?owner=" + owner, "").statusCode()).isIn(200, 404);
    }
    assertThat(machine.liveAllocations()).isZero();
    assertThat(TestMachines.pagesInUse(machine.memory())).isZero();
    assertThat(machine.reclaim().totals().swapFree())
        .isEqualTo(machine.reclaim().totals().swapTotal());
    assertThat(machine.reclaim().totals().dirty()).isZero();
  }
}
