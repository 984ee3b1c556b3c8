package dev.buddyd.api.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.LiveTest;
import dev.buddyd.api.load.RawClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;

/** Clients that are old, sloppy, slow or gone: correct answers, and nothing is left behind. */
@TestPropertySource(properties = {"buddyd.limits.heartbeat=200ms", "buddyd.limits.streams=4"})
class OddClientsTest extends LiveTest {

  private static final String PAGE = "{\"gfp\":\"GFP_KERNEL\",\"order\":0}";

  private Answer once(String body, String... head) throws IOException {
    try (RawClient client = new RawClient(port)) {
      return client.send(body, head).answer(true);
    }
  }

  private static void assertProblem(Answer answer, String slug, int status) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    assertThat(answer.body()).contains("\"type\":\"/problems/" + slug + "\"");
    assertThat(answer.body()).doesNotContain("Exception", "org.apache", "Tomcat");
  }

  @Test
  void http10IsAnsweredAndClosed() throws IOException {
    try (RawClient client = new RawClient(port)) {
      Answer answer = client.send("", "GET /zones HTTP/1.0").answer(true);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).startsWith("{\"zones\":[");
      assertThat(client.isClosed()).isTrue();
    }
    try (RawClient client = new RawClient(port)) {
      Answer answer =
          client
              .send(
                  "{\"op\":\"alloc\",\"gfp\":\"GFP_KERNEL\"}\n",
                  "POST /operations HTTP/1.0",
                  "Content-Length: 34")
              .answer(true);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Transfer-Encoding")).isEmpty();
      assertThat(answer.body()).contains("\"line\":1,\"op\":\"alloc\"", "{\"summary\":");
    }
    assertThat(
            once(
                    PAGE,
                    "POST /pages HTTP/1.0",
                    "Content-Type: application/json",
                    "Content-Length: " + PAGE.length())
                .status())
        .isEqualTo(201);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Accept: */*", "Accept: */*;q=0.1", "Accept:", "Accept: text/html, *"})
  void clientsThatTakeAnything(String accept) throws IOException {
    for (String path :
        List.of("/zones", "/proc/buddyinfo", "/machine", "/problems/too-large", "/pageblocks")) {
      Answer answer =
          accept.isEmpty()
              ? once("", "GET " + path + " HTTP/1.1", "Host: x")
              : once("", "GET " + path + " HTTP/1.1", "Host: x", accept);
      assertThat(answer.status()).as(path + answer).isEqualTo(200);
      assertThat(answer.body()).isNotEmpty();
    }
  }

  @Test
  void charsetsThatAreWrong() throws IOException {
    String length = "Content-Length: " + PAGE.length();
    assertThat(
            once(
                    PAGE,
                    "POST /pages HTTP/1.1",
                    "Host: x",
                    "Content-Type: application/json; charset=UTF-8",
                    "Accept-Charset: koi8-r",
                    length)
                .status())
        .isEqualTo(201);
    // JSON is UTF-8, and says so better than a parameter that RFC 8259 does not know
    for (String charset : List.of("utf-16", "iso-8859-1")) {
      assertThat(sayingCharset(charset, length).status()).as(charset).isEqualTo(201);
    }
    for (String charset : List.of("nonsense", "\"", "")) {
      assertProblem(sayingCharset(charset, length), "unsupported-media-type", 415);
    }
    Answer latin =
        once(
            "{\"gfp\":\"GFP_KERNEL\",\"owner\":\"\u00fc\"}",
            "POST /pages HTTP/1.1",
            "Host: x",
            "Content-Type: application/json",
            "Content-Length: 32");
    assertProblem(latin, "invalid-request", 400);
  }

  private Answer sayingCharset(String charset, String length) throws IOException {
    return once(
        PAGE,
        "POST /pages HTTP/1.1",
        "Host: x",
        "Content-Type: application/json; charset=" + charset,
        length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/pages",
        "/zones",
        "/zones/0/DMA32",
        "/nodes",
        "/pageblocks",
        "/machine",
        "/machine/presets",
        "/machine/snapshot",
        "/proc/buddyinfo",
        "/proc/sys/vm/min_free_kbytes",
        "/sys/kernel/tracing/trace",
        "/gfp?mask=1",
        "/events?limit=1",
        "/invariants",
        "/replays",
        "/problems",
        "/v3/api-docs",
        "/actuator/health",
        "/actuator/prometheus",
        "/nix"
      })
  void headIsGetWithoutItsBody(String path) throws IOException {
    try (RawClient client = new RawClient(port)) {
      Answer get = client.send("", "GET " + path + " HTTP/1.1", "Host: x").answer(true);
      Answer head = client.send("", "HEAD " + path + " HTTP/1.1", "Host: x").answer(false);
      assertThat(head.status()).isEqualTo(get.status());
      assertThat(head.header("Content-Type")).isEqualTo(get.header("Content-Type"));
      Answer next = client.send("", "GET /invariants HTTP/1.1", "Host: x").answer(true);
      assertThat(next.body()).as("no body came after HEAD").isEqualTo(SOUND);
    }
  }

  private static final String SOUND = "{\"sound\":true,\"violations\":[]}";

  @Test
  void optionsTellTheMethods() throws IOException {
    Answer pages = once("", "OPTIONS /pages HTTP/1.1", "Host: x");
    assertThat(pages.status()).isEqualTo(200);
    assertThat(pages.header("Allow").split(", *"))
        .containsExactlyInAnyOrder("GET", "HEAD", "POST", "DELETE", "OPTIONS");
    assertThat(once("", "OPTIONS /operations HTTP/1.1", "Host: x").header("Allow"))
        .contains("POST")
        .doesNotContain("GET");
    assertThat(once("", "OPTIONS * HTTP/1.1", "Host: x").status()).isIn(200, 400, 404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/pages/", "/zones/", "/operations/", "/proc/buddyinfo/", "//zones"})
  void pathsAreExact(String path) throws IOException {
    String method = path.startsWith("/operations") ? "POST" : "GET";
    Answer answer = once("", method + " " + path + " HTTP/1.1", "Host: x", "Content-Length: 0");
    assertThat(answer.status()).as(answer.toString()).isIn(400, 404);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST /pages?%zz", "POST /pages?explain=%ff", "GET /pages?owner=%ff"})
  void queriesThatAreEncodedWronglyAreNoMistakeOfTheService(String call) throws IOException {
    Answer answer =
        once(
            PAGE,
            call + " HTTP/1.1",
            "Host: x",
            "Content-Type: application/json",
            "Content-Length: " + PAGE.length());
    assertProblem(answer, "invalid-request", 400);
    assertThat(answer.body()).contains("the query ");
    assertThat(machines.current().timeMicros()).isZero();
  }

  @Test
  void aSlashInAnOwnersNameIsNoSlashOfThePath() throws IOException {
    String put = "PUT /owners/app%2Fweb HTTP/1.1";
    Answer owner =
        once("{}", put, "Host: x", "Content-Type: application/json", "Content-Length: 2");
    assertThat(owner.status()).as(owner.toString()).isEqualTo(200);
    assertThat(once("", "GET /owners/app%2Fweb HTTP/1.1", "Host: x").body())
        .startsWith("{\"name\":\"app/web\"");
    assertProblem(once("", "GET /owners%2Fapp HTTP/1.1", "Host: x"), "not-found", 404);
  }

  @Test
  void hugeHeadsAreRefused() throws IOException {
    try (RawClient client = new RawClient(port)) {
      Answer answer =
          client
              .send("", "GET /zones HTTP/1.1", "Host: x", "X: " + "y".repeat(20_000))
              .answer(true);
      assertThat(answer.status()).isIn(400, 413, 431);
      assertThat(answer.body()).contains("\"type\":\"/problems/");
      assertThat(client.isClosed()).isTrue();
    }
    try (RawClient client = new RawClient(port)) {
      Answer answer =
          client.send("", "GET /zones?" + "y".repeat(20_000) + " HTTP/1.1", "Host: x").answer(true);
      assertThat(answer.status()).isIn(400, 413, 414, 431);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "get /zones HTTP/1.1\r\nHost: x",
        "GET /zones HTTP/9.9\r\nHost: x",
        "PRI * HTTP/2.0",
        "GET /zones HTTP/1.1",
        "GET /zones HTTP/1.1\r\nHost: x\r\nHost: y",
        "GET /zones\u0000 HTTP/1.1\r\nHost: x",
        "GET /%zz HTTP/1.1\r\nHost: x",
        "GET /..%2f..%2fetc/passwd HTTP/1.1\r\nHost: x",
        "POST /ticks HTTP/1.1\r\nHost: x\r\nContent-Length: -1",
        "POST /ticks HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3",
        "POST /ticks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: nonsense",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003"
      })
  void whatIsNoHttpIsRefusedAndHurtsNobody(String sent) throws IOException {
    try (RawClient client = new RawClient(port)) {
      Answer answer = client.raw(sent + "\r\n\r\n").answer(true);
      assertThat(answer.status()).as(answer.toString()).isIn(400, 404, 405, 501, 505);
      assertThat(answer.body()).doesNotContain("Exception", "org.apache", "at java");
    }
    assertThat(once("", "GET /invariants HTTP/1.1", "Host: x").body()).isEqualTo(SOUND);
    assertThat(machines.current().timeMicros()).isZero();
  }

  @Test
  void brokenChunksAreRefused() throws IOException {
    Answer answer =
        once(
            "zz\r\n\r\n",
            "POST /ticks HTTP/1.1",
            "Host: x",
            "Content-Type: application/json",
            "Transfer-Encoding: chunked");
    assertProblem(answer, "invalid-request", 400);
    assertThat(machines.current().timeMicros()).isZero();
  }

  @Test
  void headOfAStreamIsNoStream() throws IOException {
    for (int i = 0; i < 6; i++) { // more than there are places
      try (RawClient client = new RawClient(port)) {
        Answer head = client.send("", "HEAD /events HTTP/1.1", "Host: x").answer(false);
        assertThat(head.status()).isEqualTo(200);
        Answer next = client.send("", "GET /invariants HTTP/1.1", "Host: x").answer(true);
        assertThat(next.body()).isEqualTo(SOUND);
      }
    }
  }

  @Test
  void requestsMayComeBehindOneAnother() throws IOException {
    try (RawClient client = new RawClient(port)) {
      String get = "GET /invariants HTTP/1.1\r\nHost: x\r\n\r\n";
      client.raw(get + get + get);
      for (int i = 0; i < 3; i++) {
        assertThat(client.answer(true).body()).isEqualTo(SOUND);
      }
    }
  }

  @Test
  void expectationsAreMet() throws IOException {
    try (RawClient client = new RawClient(port)) {
      client.send(
          "",
          "POST /pages HTTP/1.1",
          "Host: x",
          "Content-Type: application/json",
          "Expect: 100-continue",
          "Content-Length: " + PAGE.length());
      assertThat(client.answer(false).status()).isEqualTo(100);
      assertThat(client.raw(PAGE).answer(true).status()).isEqualTo(201);
    }
  }

  @Test
  void slowBodiesAreAwaited() throws IOException, InterruptedException {
    try (RawClient client = new RawClient(port)) {
      client.send(
          "",
          "POST /pages HTTP/1.1",
          "Host: x",
          "Content-Type: application/json",
          "Content-Length: " + PAGE.length());
      for (int i = 0; i < PAGE.length(); i++) {
        client.raw(PAGE.substring(i, i + 1));
        Thread.sleep(10);
      }
      assertThat(client.answer(true).status()).isEqualTo(201);
    }
  }

  @Test
  void clientsThatGoGiveTheirPlacesBack() throws IOException, InterruptedException {
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 4; i++) {
        try (RawClient client = new RawClient(port)) {
          Answer open =
              client
                  .send("", "GET /events HTTP/1.1", "Host: x", "Accept: text/event-stream")
                  .answer(false);
          assertThat(open.status()).isEqualTo(200);
        }
      }
      awaitFreePlaces();
    }
    for (int i = 0; i < 30; i++) { // the head of an answer, the middle of a request
      try (RawClient client = new RawClient(port)) {
        client.send("", "GET /machine/snapshot HTTP/1.1", "Host: x");
      }
      try (RawClient client = new RawClient(port)) {
        client.send("{\"gfp\"", "POST /pages HTTP/1.1", "Host: x", "Content-Length: 99");
      }
    }
    assertThat(once("", "GET /invariants HTTP/1.1", "Host: x").body()).isEqualTo(SOUND);
    assertThat(machines.current().liveAllocations()).isZero();
  }

  /** All four places for streams are free again: as many streams can be opened at once. */
  private void awaitFreePlaces() throws IOException, InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    while (true) {
      Answer answer = once("", "GET /events?limit=1 HTTP/1.1", "Host: x");
      if (answer.status() == 200) {
        return;
      }
      assertThat(answer.status()).isEqualTo(503);
      assertThat(System.nanoTime()).as("places are given back").isLessThan(end);
      Thread.sleep(100);
    }
  }
}
