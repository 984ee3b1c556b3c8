package dev.buddyd.api.problem;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.ApiTest;
import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** Nothing that a client sends wrongly changes the machine, and each mistake is named. */
class BadInputTest extends ApiTest {

  private long epoch;
  private long sequence;

  @BeforeEach
  void remember() {
    epoch = machines.current().epoch();
    sequence = machines.current().events().lastSequence();
  }

  @AfterEach
  void machineIsUntouched() {
    assertThat(machines.current().epoch()).isEqualTo(epoch);
    assertThat(machines.current().events().lastSequence()).isEqualTo(sequence);
  }

  private MvcTestResult page(String fields) {
    return post("/pages", "{%s}".formatted(fields));
  }

  @Test
  void unknownGfpNameIsAnsweredWithTheNearest() {
    MvcTestResult result = page("'gfp':'GFP_KERNL'".replace('\'', '"'));
    assertProblem(result, "invalid-gfp", 400);
    assertThat(text(result, "$.nearest")).isEqualTo("GFP_KERNEL");
    assertThat(text(result, "$.token")).isEqualTo("GFP_KERNL");
    assertThat(text(result, "$.instance")).isEqualTo("/pages");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GFP_KERNEL|__GFP_DMA|__GFP_HIGHMEM",
        "__GFP_DMA|__GFP_DMA32",
        "__GFP_MOVABLE|__GFP_RECLAIMABLE",
        "0x80000000",
        "0x1ffffffff",
        "",
        "|"
      })
  void masksThatMeanNothing(String mask) {
    assertProblem(page("\"gfp\":\"%s\"".formatted(mask)), "invalid-gfp", 400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"__get_free_pages", "__get_free_page", "get_zeroed_page"})
  void highMemoryHasNoAddress(String call) {
    MvcTestResult result = page("\"gfp\":\"GFP_HIGHUSER\",\"call\":\"%s\"".formatted(call));
    assertProblem(result, "invalid-gfp", 400);
    assertThat(text(result, "$.detail")).contains("the kernel would clear __GFP_HIGHMEM");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "11",
        "-1",
        "\"abc\"",
        "\"3\"",
        "1.0",
        "2.5",
        "true",
        "[]",
        "{}",
        "99999999999",
        "1e99"
      })
  void orderThatIsNone(String order) {
    assertProblem(page("\"gfp\":\"GFP_KERNEL\",\"order\":" + order), "invalid-order", 400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "gfp;3264;invalid-gfp",
        "gfp;null;invalid-gfp",
        "gfp;[];invalid-gfp",
        "cpu;\"0\";invalid-request",
        "node;false;invalid-request",
        "owner;7;invalid-request",
        "owner;{};invalid-request",
        "call;1;invalid-request",
        "use;[];invalid-request",
        "size_bytes;\"4096\";invalid-request"
      })
  void wrongJsonTypesNameTheirField(String field, String value, String problem) {
    String gfp = field.equals("gfp") ? "" : "\"gfp\":\"GFP_KERNEL\",";
    MvcTestResult result = page("%s\"%s\":%s".formatted(gfp, field, value));
    assertProblem(result, problem, 400);
    assertThat(text(result, "$.field")).isEqualTo(field);
  }

  @Test
  void unknownFieldIsAnsweredWithTheNearest() {
    MvcTestResult result = page("\"gfp\":\"GFP_KERNEL\",\"ordr\":1");
    assertProblem(result, "invalid-request", 400);
    assertThat(text(result, "$.field")).isEqualTo("ordr");
    assertThat(text(result, "$.nearest")).isEqualTo("order");
  }

  @ParameterizedTest
  @CsvSource({"call,alloc_pags,alloc_pages", "use,anno,anon"})
  void unknownWordIsAnsweredWithTheNearest(String field, String word, String nearest) {
    MvcTestResult result = page("\"gfp\":\"GFP_KERNEL\",\"%s\":\"%s\"".formatted(field, word));
    assertProblem(result, "invalid-request", 400);
    assertThat(text(result, "$.nearest")).isEqualTo(nearest);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "3",
        "\"x\"",
        "{",
        "{\"gfp\":\"GFP_KERNEL\"",
        "{\"gfp\":}",
        "{\"gfp\":\"GFP_KERNEL\"} x",
        "{\"gfp\":\"GFP_KERNEL\",\"gfp\":\"GFP_ATOMIC\"}",
        "{'gfp':'GFP_KERNEL'}",
        "{\"gfp\":NaN}",
        "\u0000"
      })
  void bodiesThatAreNoJsonObject(String body) {
    MvcTestResult result = post("/pages", body);
    assertProblem(result, "invalid-request", 400);
    assertThat(body(result)).doesNotContain("Exception", "dev.buddyd", "tools.jackson");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{", "{\"gfp\":NaN}", "{\"gfp\":[}", "{/*x*/}", "{\"gfp\":\"GFP_KERNEL\""})
  void whatTheParserSaysOfItselfIsNotTold(String body) {
    for (String detail :
        List.of(
            text(post("/pages", body), "$.detail"),
            text(put("/machine/snapshot", body), "$.detail"),
            text(post("/replays", body), "$.detail"),
            body(post("/operations", body)).replaceFirst("(?s).*\"detail\":", ""))) {
      assertThat(detail)
          .isNotBlank()
          .doesNotContain("Source", "REDACTED", "Feature", "byte offset");
    }
  }

  private MvcTestResult put(String uri, String json) {
    return mvc.put().uri(uri).contentType(MediaType.APPLICATION_JSON).content(json).exchange();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "'gfp':'GFP_NIX';gfp",
        "'gfp':'__GFP_DMA|__GFP_DMA32';gfp",
        "'gfp':'GFP_KERNEL','order':11;order",
        "'gfp':'GFP_KERNEL','order':1.5;order",
        "'gfp':'GFP_KERNEL','cpu':9;cpu",
        "'gfp':'GFP_KERNEL','node':9;node",
        "'gfp':'GFP_KERNEL','call':'alloc_pages_exact','size_bytes':0;size_bytes"
      })
  void theProblemNamesTheField(String fields, String field) {
    MvcTestResult result = page(fields.replace('\'', '"'));
    assertThat(text(result, "$.field")).isEqualTo(field);
  }

  @ParameterizedTest
  @CsvSource({
    "/gfp?mask=GFP_NIX,mask",
    "/pages?gfp=GFP_NIX,gfp",
    "/pages?cursor=x,cursor",
    "/pages?zone=Nix,zone",
    "/zones/0/Nix,zone",
    "/zones/7/DMA,node",
    "/pages/16384,pfn"
  })
  void theProblemNamesTheParameter(String uri, String field) {
    assertThat(text(get(uri), "$.field")).isEqualTo(field);
  }

  @Test
  void whatIsNoNumberIsNotToldTheRangeOfNumbers() {
    assertThat(text(page("\"gfp\":\"GFP_KERNEL\",\"order\":\"2\""), "$.detail"))
        .isEqualTo("order must be a whole number");
    assertThat(text(page("\"gfp\":\"GFP_KERNEL\",\"order\":99999999999"), "$.detail"))
        .isEqualTo("order must be a whole number within -2147483648..2147483647");
    assertThat(text(get("/pages?order=x"), "$.detail"))
        .isEqualTo("order must be a whole number, not 'x'");
    assertThat(text(get("/pages?order=99999999999"), "$.detail")).contains("..2147483647, not '9");
  }

  @ParameterizedTest
  @CsvSource({
    "POST,/pages?dry_run,dry_run",
    "POST,/pages?dry_run=,dry_run",
    "POST,/pages?dry_run=true&dry_run=false,dry_run",
    "POST,/pages?explain=,explain",
    "DELETE,/pages?owner=a&owner=b,owner",
    "DELETE,/pages/6144?order=,order",
    "DELETE,/pages/6144?order=0&order=1,order",
    "GET,/pages?limit=,limit",
    "GET,/pages?zone=DMA&zone=DMA32,zone"
  })
  void parametersWithoutValueOrGivenTwiceAreRefused(String method, String uri, String field) {
    MvcTestResult result =
        mvc.method(HttpMethod.valueOf(method))
            .uri(URI.create(uri))
            .contentType(MediaType.APPLICATION_JSON)
            .content(method.equals("POST") ? "{\"gfp\":\"GFP_KERNEL\"}" : "")
            .exchange();
    assertThat(result).hasStatus(400);
    assertThat(text(result, "$.field")).isEqualTo(field);
  }

  @Test
  void depthWithoutEnd() {
    String deep = "{\"gfp\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    assertThat(post("/pages", deep)).hasStatus(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x"
      })
  void otherContentTypesThanJson(String type) {
    MvcTestResult result =
        mvc.post()
            .uri("/pages")
            .header("Content-Type", type)
            .content("{\"gfp\":\"GFP_KERNEL\"}")
            .exchange();
    assertProblem(result, "unsupported-media-type", 415);
    assertThat(text(result, "$.detail")).contains("--json").contains(type.replaceAll(";.*", ""));
    assertThat(list(result, "$.supported")).containsExactly("application/json");
  }

  @Test
  void malformedContentType() {
    MvcTestResult result =
        mvc.post().uri("/pages").header("Content-Type", "nonsense").content("{}").exchange();
    assertProblem(result, "unsupported-media-type", 415);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"abc", "-1", "0x", "0xg", "1.5", "99999999999999999999", "+1", "0x-1", "%D9%A1"})
  void pfnThatIsNone(String pfn) {
    for (MvcTestResult result :
        new MvcTestResult[] {get("/pages/" + pfn), delete("/pages/" + pfn)}) {
      assertProblem(result, "invalid-pfn", 400);
    }
  }

  @Test
  void pfnOutsideOfTheMachine() {
    assertProblem(get("/pages/16384"), "no-such-frame", 404);
    assertProblem(get("/pages/9223372036854775807"), "no-such-frame", 404);
    assertProblem(delete("/pages/16384"), "no-such-frame", 404);
  }

  @ParameterizedTest
  @CsvSource({
    "/zones/0/Nirmal,no-such-zone",
    "/zones/0/HighMem,no-such-zone",
    "/zones/1/Normal,no-such-node",
    "/zones/-1/Normal,no-such-node",
    "/pages?zone=Nix,no-such-zone",
    "/pages?node=1,no-such-node",
    "/pageblocks?node=7,no-such-node",
    "/pageblocks?zone=x,no-such-zone",
    "/machine/presets/none,no-such-preset",
    "/nix,not-found",
    "/pages/,not-found",
    "/pages/1/2,not-found",
    "/problems/nix,not-found",
    "/error,not-found",
    "/static/../application.yaml,not-found"
  })
  void thingsThatAreNotThere(String path, String problem) {
    assertProblem(get(path), problem, 404);
  }

  @Test
  void theProblemNamesTheNumberThatWasSent() {
    String cpu = text(page("\"gfp\":\"GFP_KERNEL\",\"cpu\":-5"), "$.detail");
    assertThat(cpu).isEqualTo("CPU -5 does not exist: this machine has CPUs 0..0");
    String node = text(page("\"gfp\":\"GFP_KERNEL\",\"node\":-7"), "$.detail");
    assertThat(node).isEqualTo("node -7 does not exist: this machine has nodes 0..0");
  }

  @Test
  void nameOfAMachineThatIsTooLong() {
    String name = "n".repeat(300);
    MvcTestResult refused = put("/machine", "{\"name\":\"%s\",\"nodes\":[]}".formatted(name));
    assertProblem(refused, "too-large", 413);
    assertThat(text(refused, "$.detail"))
        .isEqualTo("a machine's name has at most 128 characters, not 300");
  }

  @Test
  void whatFollowsTheJsonIsNotMistakenForItsKind() {
    assertThat(text(post("/pages", "{\"gfp\":\"GFP_KERNEL\"} {}"), "$.detail"))
        .isEqualTo("the body goes on after the end of its JSON at line 1, column 22");
  }

  @Test
  void cpusAndNodesThatAreNotThere() {
    assertProblem(page("\"gfp\":\"GFP_KERNEL\",\"cpu\":1"), "no-such-cpu", 404);
    assertProblem(page("\"gfp\":\"GFP_KERNEL\",\"cpu\":-1"), "no-such-cpu", 404);
    assertProblem(page("\"gfp\":\"GFP_KERNEL\",\"cpu\":-2147483648"), "no-such-cpu", 404);
    assertProblem(page("\"gfp\":\"GFP_KERNEL\",\"node\":1"), "no-such-node", 404);
    assertProblem(page("\"gfp\":\"GFP_KERNEL\",\"node\":-1"), "no-such-node", 404);
    assertProblem(page("\"gfp\":\"GFP_KERNEL\",\"node\":-2147483648"), "no-such-node", 404);
    assertProblem(post("/ticks", "{\"cpu\":9}"), "no-such-cpu", 404);
  }

  @ParameterizedTest
  @CsvSource({
    "/pages?order=abc,invalid-order",
    "/pages?order=11,invalid-order",
    "/pages?order=-1,invalid-order",
    "/pages?gfp=GFP_NIX,invalid-gfp",
    "/pages?migratetype=MOVABL,invalid-request",
    "/pages?node=x,invalid-request",
    "/pages?limit=0,invalid-request",
    "/pages?limit=1001,invalid-request",
    "/pages?limit=x,invalid-request",
    "/pages?cursor=x,invalid-pfn",
    "/pages?ownr=x,invalid-request",
    "/pageblocks?cursor=-1,invalid-request",
    "/zones?node=0,invalid-request",
    "/gfp,invalid-request",
    "/gfp?mask=,invalid-gfp",
    "/gfp?mask=1&kernel=new,invalid-request",
    "/zones/x/Normal,invalid-request"
  })
  void parametersThatAreWrong(String uri, String problem) {
    assertProblem(get(uri), problem, 400);
  }

  @Test
  void misspeltOwnerDoesNotFreeEverything() {
    assertProblem(delete("/pages?ownr=x"), "invalid-request", 400);
    assertThat(text(delete("/pages?owner=a&ordr=1"), "$.nearest")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"order=x", "order=2&explain=perhaps", "cpu=first"})
  void freeWithWrongParameters(String query) {
    assertThat(delete("/pages/15000?" + query)).hasStatus(400);
  }

  @Test
  void sizesThatContradictTheCall() {
    String exact = "\"gfp\":\"GFP_KERNEL\",\"call\":\"alloc_pages_exact\"";
    assertProblem(page(exact), "invalid-request", 400);
    assertProblem(page(exact + ",\"size_bytes\":1,\"order\":0"), "invalid-request", 400);
    assertProblem(page(exact + ",\"size_bytes\":0"), "invalid-order", 400);
    assertProblem(page(exact + ",\"size_bytes\":4194305"), "invalid-order", 400);
    assertProblem(page("\"gfp\":\"GFP_KERNEL\",\"size_bytes\":1"), "invalid-request", 400);
    assertProblem(
        page("\"gfp\":\"GFP_KERNEL\",\"call\":\"get_zeroed_page\",\"order\":1"),
        "invalid-order",
        400);
  }

  @Test
  void ownerThatIsTooLongNamesTheLimit() {
    MvcTestResult result =
        page("\"gfp\":\"GFP_KERNEL\",\"owner\":\"%s\"".formatted("x".repeat(129)));
    assertProblem(result, "too-large", 413);
    assertThat(number(result, "$.limit")).isEqualTo(128);
    assertThat(text(result, "$.limit_name")).isEqualTo("buddyd.limits.owner-characters");
  }

  @Test
  void ticksWithoutEnd() {
    assertProblem(post("/ticks", "{\"count\":0}"), "invalid-request", 400);
    MvcTestResult result = post("/ticks", "{\"count\":2147483647}");
    assertProblem(result, "too-large", 413);
    assertThat(text(result, "$.limit_name")).isEqualTo("buddyd.limits.ticks");
  }

  @ParameterizedTest
  @CsvSource({"PATCH,/pages", "PUT,/pages/1", "DELETE,/machine", "POST,/zones", "NIX,/pages"})
  void methodsThatAPathDoesNotHave(String method, String path) {
    MvcTestResult result = mvc.method(HttpMethod.valueOf(method)).uri(path).exchange();
    assertProblem(result, "method-not-allowed", 405);
    assertThat(header(result, "Allow")).isNotBlank();
  }

  @Test
  void representationsThatDoNotExist() {
    MvcTestResult result = mvc.get().uri("/zones").accept(MediaType.IMAGE_PNG).exchange();
    assertProblem(result, "not-acceptable", 406);
    assertThat(list(result, "$.available")).contains("application/json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"*/*", "application/*", "application/json", "text/html, */*;q=0.1"})
  void acceptThatIncludesJson(String accept) {
    assertThat(mvc.get().uri("/zones").header("Accept", accept).exchange()).hasStatus(200);
  }

  @Test
  void keyOfTooManyCharacters() {
    String keys = IntStream.range(0, 256).mapToObj(i -> "k").collect(Collectors.joining());
    for (String key : new String[] {keys, " "}) {
      assertProblem(
          mvc.post()
              .uri("/pages")
              .header("Idempotency-Key", key)
              .contentType(MediaType.APPLICATION_JSON)
              .content("{\"gfp\":\"GFP_KERNEL\"}")
              .exchange(),
          "invalid-request",
          400);
    }
  }
}
