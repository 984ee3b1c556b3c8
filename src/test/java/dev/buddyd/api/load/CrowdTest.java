package dev.buddyd.api.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.buddyd.api.load.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * As many connections as the service promises, and clients that leave in the middle: everybody is
 * answered, and what they took of the process is given back.
 */
class CrowdTest {

  private static final int PROMISED = 10_000;

  /** Files that a process has open besides its part of the crowd. */
  private static final int OTHER_FILES = 500;

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String SOUND = "\"sound\":true,\"violations\":[]}";

  /** A chunk that is longer than what comes. */
  private static final String PART_OF_A_STREAM =
      """
      90\r
      {"op":"alloc","id":"a","gfp":"GFP_KERNEL"}
      {"op":"free","id":"a"}
      {"op":
      """;

  /** What the service may keep of a crowd: pools and buffers that are used again. */
  private static final long KEPT_BYTES = 24L << 20;

  @BeforeAll
  static void countsOnProc() {
    boolean linux = Files.isDirectory(Path.of("/proc/self/fd"));
    if (!linux) {
      System.err.println("*** CROWD TESTS NOT RUN: threads and files are counted in /proc ***");
    }
    assumeTrue(linux);
  }

  /** The promised crowd, or as many as this machine lets a process open. */
  private static int crowd() throws IOException {
    // a JVM raises its own limit as far as it may, and that of the service is the same
    int most =
        Files.readAllLines(Path.of("/proc/self/limits")).stream()
            .filter(line -> line.startsWith("Max open files"))
            .map(line -> line.split(" {2,}")[1].strip())
            .mapToInt(
                files ->
                    files.equals("unlimited")
                        ? PROMISED * 2
                        : (int) Math.min(Long.parseLong(files), PROMISED * 2))
            .findFirst()
            .orElseThrow();
    int crowd = Math.min(PROMISED, most - OTHER_FILES);
    if (crowd < PROMISED) {
      System.err.println(
          "*** ONLY " + crowd + " OF 10,000 CONNECTIONS TESTED: ulimit -n is " + most + " ***");
    }
    assertThat(crowd).as("connections that ulimit -n of %d allows", most).isPositive();
    return crowd;
  }

  @Test
  void tenThousandConnectionsAreAnsweredAndLeaveNothingBehind() throws Exception {
    int size = crowd();
    try (ServiceProcess service =
        ServiceProcess.start("1g", "--buddyd.limits.idle=120s", "--buddyd.preset=tiny")) {
      warmUp(service);
      long files = settledFiles(service);
      long bytes = service.liveBytes();
      long threads = service.threads();
      try (Crowd crowd = new Crowd()) {
        assertThat(crowd.open(service.port(), size, PATIENCE)).isEqualTo(size);
        assertThat(crowd.ask("/invariants", PATIENCE)).isEqualTo(size);
        assertThat(service.openFiles()).isGreaterThanOrEqualTo(files + size);
        assertThat(service.get("/invariants")).as("one more is served").endsWith(SOUND);
        crowd.leave(size / 2);
        assertThat(crowd.ask("/zones", PATIENCE)).isEqualTo(size - size / 2);
      }
      awaitFiles(service, files + 8);
      assertThat(service.virtualThreads()).as("virtual threads").isLessThan(20);
      assertThat(service.threads()).as("threads").isLessThan(threads + 10);
      assertThat(service.liveBytes()).as("live bytes").isLessThan(bytes + KEPT_BYTES);
      assertThat(service.get("/invariants")).endsWith(SOUND);
    }
  }

  @Test
  void clientsThatLeaveInTheMiddleLeaveNothingBehind() throws Exception {
    try (ServiceProcess service =
        ServiceProcess.start("256m", "--buddyd.limits.heartbeat=200ms", "--buddyd.preset=tiny")) {
      warmUp(service);
      leaveInTheMiddle(service, 50);
      long files = settledFiles(service);
      long bytes = service.liveBytes();
      long threads = service.threads();
      leaveInTheMiddle(service, 300);
      awaitFiles(service, files + 8);
      assertThat(service.virtualThreads()).as("virtual threads").isLessThan(20);
      assertThat(service.threads()).as("threads").isLessThan(threads + 10);
      assertThat(service.liveBytes()).as("live bytes").isLessThan(bytes + (8L << 20));
      assertThat(service.get("/invariants")).endsWith(SOUND);
    }
  }

  @Test
  void whoComesWhenAllPlacesAreTakenWaitsForOne() throws Exception {
    try (ServiceProcess service =
        ServiceProcess.start(
            "256m",
            "--buddyd.limits.connections=8",
            "--buddyd.limits.idle=3s",
            "--buddyd.preset=tiny")) {
      try (Crowd crowd = new Crowd()) {
        assertThat(crowd.open(service.port(), 8, PATIENCE)).isEqualTo(8);
        assertThat(crowd.ask("/invariants", PATIENCE)).isEqualTo(8);
        try (RawClient late = new RawClient(service.port())) {
          late.send("", "GET /invariants HTTP/1.1", "Host: x");
          crowd.leave(1);
          assertThat(late.answer(true).body()).as("a place came free").endsWith(SOUND);
        }
        assertThat(service.get("/invariants"))
            .as("idle connections are closed for others")
            .endsWith(SOUND);
      }
    }
  }

  /** Code is loaded and compiled, pools are filled. */
  private static void warmUp(ServiceProcess service) throws IOException {
    try (Crowd crowd = new Crowd()) {
      crowd.open(service.port(), 200, PATIENCE);
      for (int i = 0; i < 10; i++) {
        assertThat(crowd.ask("/invariants", PATIENCE)).isEqualTo(200);
        assertThat(crowd.ask("/zones", PATIENCE)).isEqualTo(200);
      }
    }
  }

  /** An event stream, a stream of operations, half a body, half an answer, again and again. */
  private static void leaveInTheMiddle(ServiceProcess service, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      try (RawClient events = new RawClient(service.port())) {
        Answer open =
            events
                .send("", "GET /events HTTP/1.1", "Host: x", "Accept: text/event-stream")
                .answer(false);
        assertThat(open.status()).isIn(200, 503); // 503: those who left still have their places
      }
      try (RawClient operations = new RawClient(service.port())) {
        operations.send(
            PART_OF_A_STREAM,
            "POST /operations HTTP/1.1",
            "Host: x",
            "Content-Type: application/x-ndjson",
            "Transfer-Encoding: chunked");
      }
      try (RawClient body = new RawClient(service.port())) {
        body.send("{\"gfp\"", "POST /pages HTTP/1.1", "Host: x", "Content-Length: 99");
      }
      try (RawClient snapshot = new RawClient(service.port())) {
        snapshot.send("", "GET /machine/snapshot HTTP/1.1", "Host: x");
      }
    }
  }

  /** Open files once all connections of before are closed. */
  private static long settledFiles(ServiceProcess service) throws InterruptedException {
    long files = service.openFiles();
    while (true) {
      Thread.sleep(1500);
      long now = service.openFiles();
      if (now >= files) {
        return now;
      }
      files = now;
    }
  }

  private static void awaitFiles(ServiceProcess service, long most) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (long now = service.openFiles(); now > most; now = service.openFiles()) {
      assertThat(System.nanoTime()).as("%d open files, not %d", now, most).isLessThan(end);
      Thread.sleep(100);
    }
  }
}
