package dev.buddyd.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import dev.buddyd.api.ApiTest;
import dev.buddyd.machine.FrameInfo;
import dev.buddyd.machine.SimulatedMachine;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/**
 * What {@code POST /operations} does and answers; {@link OperationsLiveTest} shows how it streams.
 */
class OperationsTest extends ApiTest {

  private MvcTestResult send(String query, byte[] body) {
    return mvc.post()
        .uri(URI.create("/operations" + query))
        .contentType("application/x-ndjson")
        .content(body)
        .exchange();
  }

  private List<String> answersTo(String query, String... lines) {
    MvcTestResult result = send(query, String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    assertThat(result).hasStatus(200);
    assertThat(header(result, "Content-Type")).startsWith("application/x-ndjson");
    return body(result).lines().toList();
  }

  private List<String> answers(String... lines) {
    return answersTo("", lines);
  }

  private static long value(String line, String path) {
    return JsonPath.<Number>read(line, path).longValue();
  }

  private static String word(String line, String path) {
    return JsonPath.read(line, path);
  }

  private static void assertError(String line, String slug, int status) {
    assertThat(word(line, "$.error.type")).as(line).isEqualTo("/problems/" + slug);
    assertThat(value(line, "$.error.status")).isEqualTo(status);
    assertThat(word(line, "$.error.detail")).isNotBlank();
  }

  private FrameInfo frame(long pfn) {
    return machines.current().describe(pfn);
  }

  @Test
  void operationsAreAnsweredInOrderWithASummary() {
    List<String> lines =
        answers(
            "{\"op\":\"alloc\",\"id\":\"a1\",\"gfp\":\"GFP_KERNEL\",\"order\":1,\"owner\":\"me\"}",
            "",
            "{\"op\":\"alloc\",\"gfp\":\"GFP_KERNEL\"}",
            "{\"op\":\"free\",\"id\":\"a1\"}",
            "{\"op\":\"free\",\"id\":\"a1\"}");

    long first = value(lines.get(0), "$.pfn");
    long second = value(lines.get(1), "$.pfn");
    assertThat(lines.get(0))
        .isEqualTo("{\"line\":1,\"op\":\"alloc\",\"id\":\"a1\",\"pfn\":" + first + "}");
    assertThat(lines.get(1)).isEqualTo("{\"line\":3,\"op\":\"alloc\",\"pfn\":" + second + "}");
    assertThat(lines.get(2))
        .isEqualTo("{\"line\":4,\"op\":\"free\",\"id\":\"a1\",\"pfn\":" + first + "}");
    assertError(lines.get(3), "not-allocated", 409);
    SimulatedMachine machine = machines.current();
    assertThat(lines.get(4))
        .isEqualTo(
            ("{\"summary\":{\"lines\":5,\"done\":3,\"refused\":0,\"errors\":1,\"live_ids\":0,"
                    + "\"epoch\":%d,\"sequence\":%d,\"time_us\":3}}")
                .formatted(machine.epoch(), machine.events().lastSequence()));
    assertThat(lines).hasSize(5);
    assertThat(frame(first).state()).isNotEqualTo(FrameInfo.State.ALLOCATED);
    assertThat(frame(second).state()).isEqualTo(FrameInfo.State.ALLOCATED);
  }

  private long dirtyPages() {
    return machines.current().reclaim().totals().dirty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"op\":\"alloc\",\"gfp\":\"GFP_HIGHUSER\",\"order\":2,\"use\":\"file\",\"dirty\":true}",
        "{\"op\":\"alloc\",\"gfp\":\"\\u0047FP_HIGHUSER\",\"order\":2,\"use\":\"file\",\"dirty\":true}",
        "{\"op\":\"alloc_bulk\",\"gfp\":\"GFP_HIGHUSER\",\"count\":4,\"use\":\"file\",\"dirty\":true}"
      })
  void pageCacheCanBeDirty(String line) {
    answers(line.replace("true", "false"));
    assertThat(dirtyPages()).isZero();
    answers(line);
    assertThat(dirtyPages()).isEqualTo(4);
  }

  @Test
  void onlyPageCacheIsDirty() {
    long before = machines.current().events().lastSequence();
    List<String> lines =
        answers(
            "{\"op\":\"alloc\",\"id\":\"a\",\"gfp\":\"GFP_HIGHUSER\",\"use\":\"anon\",\"dirty\":true}",
            "{\"op\":\"alloc_bulk\",\"gfp\":\"GFP_KERNEL\",\"count\":2,\"dirty\":true}",
            "{\"op\":\"alloc\",\"gfp\":\"GFP_KERNEL\",\"use\":\"file\",\"dirty\":1.5}",
            "{\"op\":\"free\",\"pfn\":0,\"dirty\":true}");
    lines.subList(0, 4).forEach(line -> assertError(line, "invalid-request", 400));
    assertThat(machines.current().events().lastSequence()).isEqualTo(before);
  }

  @Test
  void allocationsAreThoseOfPostPages() {
    String pages =
        text(
            post(
                "/pages?dry_run=true",
                """
                {"gfp":"GFP_HIGHUSER_MOVABLE","order":2,"call":"alloc_pages","node":0,"cpu":0,
                 "owner":"me","use":"anon"}
                """),
            "$.physical_address");
    String line =
        answers(
                """
                {"op":"alloc","id":"x","gfp":"GFP_HIGHUSER_MOVABLE","order":2,"call":"alloc_pages",\
                "node":0,"cpu":0,"owner":"me","use":"anon","size_bytes":null}\
                """)
            .getFirst();

    FrameInfo info = frame(value(line, "$.pfn"));
    assertThat("0x" + Long.toHexString(info.physicalAddress())).isEqualTo(pages);
    assertThat(info.allocation().owner()).isEqualTo("me");
    assertThat(info.allocation().use().apiName()).isEqualTo("anon");
    assertThat(info.allocation().order()).isEqualTo(2);
  }

  @Test
  @DisplayName("F-60, B-91: the id of a bulk request or split block stands for all its pages")
  void bulkAndSplit() {
    List<String> lines =
        answers(
            "{\"op\":\"alloc_bulk\",\"id\":\"b\",\"gfp\":\"GFP_KERNEL\",\"count\":3}",
            "{\"op\":\"alloc\",\"id\":\"s\",\"gfp\":\"GFP_KERNEL\",\"order\":2}",
            "{\"op\":\"split\",\"id\":\"s\",\"order\":2}",
            "{\"op\":\"split\",\"id\":\"s\"}",
            "{\"op\":\"free\",\"id\":\"b\"}",
            "{\"op\":\"free\",\"id\":\"s\"}");

    assertThat(value(lines.get(0), "$.got")).isEqualTo(3);
    assertThat(JsonPath.<List<Number>>read(lines.get(0), "$.pfns")).hasSize(3);
    assertThat(value(lines.get(2), "$.pages")).isEqualTo(4);
    assertError(lines.get(3), "invalid-request", 400);
    assertThat(value(lines.get(4), "$.pages")).isEqualTo(3);
    assertThat(value(lines.get(4), "$.pfn"))
        .isEqualTo(JsonPath.<Number>read(lines.get(0), "$.pfns[0]").longValue());
    assertThat(value(lines.get(5), "$.pages")).isEqualTo(4);
    assertThat(machines.current().liveAllocations()).isZero();
  }

  @Test
  void whatIsLeftOfABulkRequestIsFreedByItsId() {
    List<String> first =
        answers("{\"op\":\"alloc_bulk\",\"gfp\":\"GFP_KERNEL\",\"count\":2,\"owner\":\"dry\"}");
    long next = JsonPath.<Number>read(first.get(0), "$.pfns[1]").longValue() + 1;
    List<String> lines =
        answers(
            "{\"op\":\"alloc_bulk\",\"id\":\"b\",\"gfp\":\"GFP_KERNEL\",\"count\":2}",
            "{\"op\":\"free\",\"pfn\":" + next + "}",
            "{\"op\":\"free\",\"id\":\"b\"}",
            "{\"op\":\"free\",\"id\":\"b\"}");
    assertThat(JsonPath.<Number>read(lines.get(0), "$.pfns[0]").longValue()).isEqualTo(next);
    assertThat(value(lines.get(2), "$.pages")).isEqualTo(1);
    assertError(lines.get(3), "not-allocated", 409);
  }

  @Test
  @DisplayName("B-92: exact allocations are freed as such")
  void exact() {
    List<String> lines =
        answers(
            "{\"op\":\"alloc_exact\",\"id\":\"x\",\"gfp\":\"GFP_KERNEL\",\"size_bytes\":20000}",
            "{\"op\":\"free_exact\",\"id\":\"x\",\"size_bytes\":4096}",
            "{\"op\":\"free_exact\",\"id\":\"x\",\"size_bytes\":20000}",
            "{\"op\":\"alloc\",\"id\":\"y\",\"gfp\":\"GFP_KERNEL\",\"order\":2}",
            "{\"op\":\"free_exact\",\"id\":\"y\"}",
            "{\"op\":\"free\",\"id\":\"y\",\"order\":1}",
            "{\"op\":\"free\",\"id\":\"y\",\"order\":2}",
            "{\"op\":\"alloc\",\"id\":\"z\",\"gfp\":\"GFP_KERNEL\",\"call\":\"alloc_pages_exact\","
                + "\"size_bytes\":1}",
            "{\"op\":\"free_exact\",\"id\":\"z\"}");

    assertError(lines.get(1), "order-mismatch", 409);
    assertThat(value(lines.get(1), "$.error.allocated_pages")).isEqualTo(5);
    assertThat(value(lines.get(2), "$.pfn")).isEqualTo(value(lines.get(0), "$.pfn"));
    assertError(lines.get(4), "invalid-request", 400);
    assertError(lines.get(5), "order-mismatch", 409);
    assertThat(value(lines.get(6), "$.pfn")).isEqualTo(value(lines.get(3), "$.pfn"));
    assertThat(value(lines.get(9), "$.summary.done")).isEqualTo(6);
    assertThat(machines.current().liveAllocations()).isZero();
  }

  @Test
  void refusalsSayWhyAndFreeingThemDoesNothing() {
    String dma = "{\"op\":\"alloc\",\"id\":\"%s\",\"gfp\":\"GFP_DMA|__GFP_NORETRY\",\"order\":10}";
    List<String> lines =
        answers(
            dma.formatted("1"),
            dma.formatted("2"),
            dma.formatted("3"),
            dma.formatted("4"),
            dma.formatted("4"),
            "{\"op\":\"free\",\"id\":\"4\"}",
            "{\"op\":\"free\",\"id\":\"4\"}",
            "{\"op\":\"alloc_bulk\",\"id\":\"4\",\"gfp\":\"GFP_KERNEL\",\"count\":1}");

    String refusal = lines.get(3);
    assertThat(value(refusal, "$.refused.order")).isEqualTo(10);
    assertThat(word(refusal, "$.refused.gfp")).contains("__GFP_NORETRY");
    assertThat(word(refusal, "$.refused.kernel_would")).isEqualTo("fail");
    assertThat(word(refusal, "$.refused.sentence")).contains("DMA");
    assertThat(word(refusal, "$.refused.verdicts[0].verdict")).isEqualTo("fail");
    assertThat(value(lines.get(4), "$.refused.order")).as("a refused id is free").isEqualTo(10);
    assertThat(lines.get(5)).isEqualTo("{\"line\":6,\"op\":\"free\",\"id\":\"4\",\"pfn\":-1}");
    assertError(lines.get(6), "not-allocated", 409);
    assertThat(value(lines.get(7), "$.got")).isEqualTo(1);
    assertThat(value(lines.get(8), "$.summary.refused")).isEqualTo(2);
    assertThat(value(lines.get(8), "$.summary.live_ids")).isEqualTo(4);
  }

  @Test
  void liveIdIsNotReused() {
    String line = "{\"op\":\"alloc\",\"id\":\"a\",\"gfp\":\"GFP_KERNEL\"}";
    List<String> lines = answers(line, line, "{\"op\":\"free\",\"id\":\"a\"}", line);

    assertError(lines.get(1), "invalid-request", 400);
    assertThat(word(lines.get(1), "$.error.field")).isEqualTo("id");
    assertThat(value(lines.get(3), "$.pfn")).isEqualTo(value(lines.get(0), "$.pfn"));
    assertThat(machines.current().liveAllocations()).isEqualTo(1);
  }

  @Test
  void idsEndWithTheRequestAndBlocksStay() {
    long pfn =
        value(answers("{\"op\":\"alloc\",\"id\":\"a\",\"gfp\":\"GFP_KERNEL\"}").get(0), "$.pfn");

    assertError(answers("{\"op\":\"free\",\"id\":\"a\"}").get(0), "not-allocated", 409);
    assertThat(answers("{\"op\":\"free\",\"pfn\":\"0x" + Long.toHexString(pfn) + "\"}").get(0))
        .isEqualTo("{\"line\":1,\"op\":\"free\",\"pfn\":" + pfn + "}");
  }

  @Test
  void anIdDoesNotFreeWhatCameAfterIts() {
    List<String> lines =
        answers(
            "{\"op\":\"alloc\",\"id\":\"a\",\"gfp\":\"GFP_KERNEL\"}",
            "{\"op\":\"alloc\",\"id\":\"b\",\"gfp\":\"GFP_KERNEL\"}");
    long pfn = value(lines.get(0), "$.pfn");
    long other = value(lines.get(1), "$.pfn");
    lines =
        answers(
            "{\"op\":\"free\",\"pfn\":%d}".formatted(pfn),
            "{\"op\":\"alloc\",\"id\":\"c\",\"gfp\":\"GFP_KERNEL\"}",
            "{\"op\":\"free\",\"pfn\":%d}".formatted(pfn),
            "{\"op\":\"alloc\",\"id\":\"d\",\"gfp\":\"GFP_KERNEL\"}",
            "{\"op\":\"free\",\"id\":\"c\"}",
            "{\"op\":\"free\",\"id\":\"c\"}",
            "{\"op\":\"free\",\"id\":\"d\"}");

    assertThat(value(lines.get(1), "$.pfn")).isEqualTo(pfn);
    assertThat(value(lines.get(3), "$.pfn")).isEqualTo(pfn);
    assertError(lines.get(4), "no-such-allocation", 404);
    assertError(lines.get(5), "not-allocated", 409);
    assertThat(value(lines.get(6), "$.pfn")).isEqualTo(pfn);
    assertThat(frame(other).state()).isEqualTo(FrameInfo.State.ALLOCATED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"free", "free_exact", "split"})
  @DisplayName(
      "an id whose allocation is given back answers as DELETE /allocations/{sequence} does")
  void anIdWithoutAllocation(String op) {
    String line = "{\"op\":\"alloc\",\"id\":\"a\",\"gfp\":\"GFP_KERNEL\"}";
    long pfn = value(answers(line).get(0), "$.pfn");
    answers("{\"op\":\"free\",\"pfn\":%d}".formatted(pfn));

    List<String> lines =
        answers(
            line,
            "{\"op\":\"free\",\"pfn\":%d}".formatted(pfn),
            "{\"op\":\"%s\",\"id\":\"a\"}".formatted(op),
            line);

    assertThat(value(lines.get(0), "$.pfn")).isEqualTo(pfn);
    assertError(lines.get(2), "no-such-allocation", 404);
    assertThat(value(lines.get(3), "$.pfn")).as("the id is free").isEqualTo(pfn);
  }

  @Test
  @DisplayName("P-41, P-42, B-71: background work can be asked for")
  void backgroundWork() {
    List<String> lines =
        answers(
            "{\"op\":\"alloc\",\"id\":\"a\",\"gfp\":\"GFP_KERNEL\"}",
            "{\"op\":\"free\",\"id\":\"a\"}",
            "{\"op\":\"drain\",\"cpu\":0}",
            "{\"op\":\"vmstat_tick\",\"cpu\":0}",
            "{\"op\":\"unreserve_highatomic\",\"gfp\":\"GFP_KERNEL\",\"node\":0,\"force\":true}",
            "{\"op\":\"tick\",\"count\":2}");

    assertThat(frame(value(lines.get(0), "$.pfn")).state()).isEqualTo(FrameInfo.State.FREE);
    assertThat(lines.get(2)).isEqualTo("{\"line\":3,\"op\":\"drain\"}");
    assertThat(lines.get(3)).isEqualTo("{\"line\":4,\"op\":\"vmstat_tick\"}");
    assertThat(JsonPath.<Boolean>read(lines.get(4), "$.unreserved")).isFalse();
    assertThat(value(lines.get(5), "$.time_us")).isEqualTo(2_000_005);
  }

  @Test
  void defaultCpuIsThatOfTheRequest() {
    machines.boot(presets.get("x86_64"));
    List<String> lines =
        answersTo(
            "?cpu=2",
            "{\"op\":\"alloc\",\"gfp\":\"GFP_KERNEL\"}",
            "{\"op\":\"alloc\",\"gfp\":\"GFP_KERNEL\",\"cpu\":1}");

    assertThat(answersTo("", "{\"op\":\"alloc\",\"gfp\":\"GFP_KERNEL\",\"cpu\":-3}").getFirst())
        .contains("CPU -3 does not exist");
    assertThat(frame(value(lines.get(0), "$.pfn")).allocation().cpu()).isEqualTo(2);
    assertThat(frame(value(lines.get(1), "$.pfn")).allocation().cpu()).isEqualTo(1);
    assertProblem(send("?cpu=4", new byte[0]), "no-such-cpu", 404);
    assertProblem(send("?cpu=x", new byte[0]), "invalid-request", 400);
  }

  @Test
  void resultsCanBeLeftOut() {
    String[] lines = {
      "{\"op\":\"alloc\",\"gfp\":\"GFP_KERNEL\"}",
      "{\"op\":\"alloc\",\"gfp\":\"GFP_KERNEL\",\"order\":-1}",
      "{\"op\":\"alloc_bulk\",\"id\":\"b\",\"gfp\":\"GFP_KERNEL\",\"count\":2}",
      "{\"op\":\"split\",\"pfn\":0}"
    };

    List<String> errors = answersTo("?results=errors", lines);
    assertThat(errors).hasSize(3);
    assertThat(value(errors.get(0), "$.line")).isEqualTo(2);
    assertThat(value(errors.get(1), "$.line")).isEqualTo(4);
    List<String> none = answersTo("?results=none", lines);
    assertThat(none).hasSize(1);
    assertThat(value(none.get(0), "$.summary.done")).isEqualTo(2);
    assertThat(value(none.get(0), "$.summary.errors")).isEqualTo(2);
    MvcTestResult wrong = send("?results=error", new byte[0]);
    assertProblem(wrong, "invalid-request", 400);
    assertThat(text(wrong, "$.nearest")).isEqualTo("errors");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'op':'alloc','gfp':'GFP_KERNL'} ; invalid-gfp ; token",
        "{'op':'alloc'} ; invalid-gfp ; field",
        "{'op':'alloc','gfp':7} ; invalid-gfp ; field",
        "{'op':'alloc','gfp':'__GFP_DMA|__GFP_HIGHMEM'} ; invalid-gfp ;",
        "{'op':'alloc','gfp':'GFP_KERNEL','order':11} ; invalid-order ;",
        "{'op':'alloc','gfp':'GFP_KERNEL','order':-1} ; invalid-order ;",
        "{'op':'alloc','gfp':'GFP_KERNEL','order':'abc'} ; invalid-order ; field",
        "{'op':'alloc','gfp':'GFP_KERNEL','order':1.0} ; invalid-order ; field",
        "{'op':'alloc','gfp':'GFP_KERNEL','order':99999999999} ; invalid-order ; field",
        "{'op':'alloc','gfp':'GFP_KERNEL','size_bytes':1} ; invalid-request ; field",
        "{'op':'alloc','gfp':'GFP_KERNEL','call':'alloc_pags'} ; invalid-request ; nearest",
        "{'op':'alloc','gfp':'GFP_KERNEL','use':'anno'} ; invalid-request ; nearest",
        "{'op':'alloc','gfp':'GFP_KERNEL','ordr':1} ; invalid-request ; nearest",
        "{'op':'alloc','gfp':'GFP_KERNEL','count':1} ; invalid-request ; field",
        "{'op':'alloc','gfp':'GFP_KERNEL','gfp':'GFP_KERNEL'} ; invalid-request ;",
        "{'op':'alloc','gfp':'GFP_KERNEL','id':7} ; invalid-request ; field",
        "{'op':'alloc','gfp':'GFP_KERNEL','id':''} ; invalid-request ; field",
        "{'op':'alloc','gfp':'GFP_KERNEL','cpu':1} ; no-such-cpu ;",
        "{'op':'alloc','gfp':'GFP_KERNEL','cpu':-2147483648} ; no-such-cpu ;",
        "{'op':'alloc','gfp':'GFP_KERNEL','node':3} ; no-such-node ;",
        "{'op':'alloc_bulk','gfp':'GFP_KERNEL'} ; invalid-request ; field",
        "{'op':'alloc_bulk','gfp':'GFP_KERNEL','count':0} ; invalid-request ; field",
        "{'op':'alloc_bulk','gfp':'GFP_KERNEL','count':65537} ; too-large ; limit_name",
        "{'op':'alloc_exact','gfp':'GFP_KERNEL'} ; invalid-request ; field",
        "{'op':'alloc_exact','gfp':'GFP_KERNEL','size_bytes':0} ; invalid-order ;",
        "{'op':'alloc_exact','gfp':'GFP_KERNEL','order':0,'size_bytes':1} ; invalid-request ;"
            + " field",
        "{'op':'alloc','gfp':'GFP_KERNEL','call':'alloc_pages_exact','size_bytes':1,'use':'file',"
            + "'dirty':true} ; invalid-request ; field",
        "{'op':'free'} ; invalid-request ; field",
        "{'op':'free','id':'a','pfn':1} ; invalid-request ; field",
        "{'op':'free','pfn':99999999} ; no-such-frame ;",
        "{'op':'free','pfn':-1} ; invalid-pfn ; field",
        "{'op':'free','pfn':'0xg'} ; invalid-pfn ; field",
        "{'op':'free','pfn':0} ; not-allocated ; state",
        "{'op':'split','pfn':0} ; not-allocated ; state",
        "{'op':'drain','cpu':7} ; no-such-cpu ;",
        "{'op':'drain','gfp':'GFP_KERNEL'} ; invalid-request ; field",
        "{'op':'vmstat_tick','cpu':-1} ; no-such-cpu ;",
        "{'op':'unreserve_highatomic','gfp':'GFP_KERNEL','force':1} ; invalid-request ; field",
        "{'op':'unreserve_highatomic','gfp':'GFP_KERNEL','node':2} ; no-such-node ;",
        "{'op':'tick','count':0} ; invalid-request ; field",
        "{'op':'tick','count':2147483647} ; too-large ; limit_name",
        "{'op':'fre','pfn':1} ; invalid-request ; nearest",
        "{'op':null,'pfn':1} ; invalid-request ; field",
        "{'gfp':'GFP_KERNEL'} ; invalid-request ; field",
        "{} ; invalid-request ; field",
        "[] ; invalid-request ;",
        "null ; invalid-request ;",
        "{'op':'drain'} {'op':'drain'} ; invalid-request ;",
        "{'op':'drain', ; invalid-request ;",
        "{'op':'dra ; invalid-request ;",
        "nonsense ; invalid-request ;"
      })
  void mistakesAreAnsweredInTheirLine(String sent, String slug, String member) {
    long before = machines.current().events().lastSequence();

    List<String> lines = answers(sent.replace('\'', '"'), "{\"op\":\"tick\"}");

    Map<String, Object> error = JsonPath.read(lines.get(0), "$.error");
    assertThat(error.get("type")).as(lines.get(0)).isEqualTo("/problems/" + slug);
    assertThat(value(lines.get(0), "$.line")).isEqualTo(1);
    if (member != null) {
      assertThat(error.get(member)).as(lines.get(0)).isNotNull();
    }
    assertThat(lines.get(0)).doesNotContain("Exception", "dev.buddyd", "tools.jackson");
    assertThat(word(lines.get(1), "$.op")).isEqualTo("tick");
    assertThat(machines.current().events().lastSequence()).isEqualTo(before + 1);
    assertThat(machines.current().liveAllocations()).isZero();
  }

  @Test
  void aLineThatIsTooLongIsAnErrorLine() {
    String longest = "{\"op\":\"tick\"" + " ".repeat((64 << 10) - 13) + "}";
    List<String> lines = answers(longest, " " + longest, "x".repeat(300_000), "{\"op\":\"tick\"}");

    assertThat(value(lines.get(0), "$.time_us")).isPositive();
    assertError(lines.get(1), "too-large", 413);
    assertThat(word(lines.get(1), "$.error.limit_name")).isEqualTo("buddyd.limits.operation-line");
    assertError(lines.get(2), "too-large", 413);
    assertThat(value(lines.get(3), "$.line")).isEqualTo(4);
    assertThat(value(lines.get(4), "$.summary.lines")).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "a\\u0062\\\"\\\\\\n", "sixteen bytes id", "üñí 🐧", "x/y:z 0123456789 0123"})
  void idsAreAnyText(String id) {
    List<String> lines =
        answers(
            "{\"op\":\"alloc\",\"id\":\"%s\",\"gfp\":\"GFP_KERNEL\"}".formatted(id),
            "{\"op\":\"free\",\"id\":\"%s\"}".formatted(id));

    String read = JsonPath.read("{\"id\":\"%s\"}".formatted(id), "$.id");
    assertThat(word(lines.get(0), "$.id")).isEqualTo(read);
    assertThat(word(lines.get(1), "$.id")).isEqualTo(read);
    assertThat(value(lines.get(1), "$.pfn")).isEqualTo(value(lines.get(0), "$.pfn"));
  }

  @Test
  void theSameIdIsTheSameHoweverItIsWritten() {
    List<String> lines =
        answers(
            "{\"op\":\"alloc\",\"id\":\"a1\",\"gfp\":\"GFP_KERNEL\"}",
            "\t{ \"id\" : \"\\u0061\\u0031\" , \"op\" : \"fr\\u0065e\" }\r");
    assertThat(value(lines.get(1), "$.pfn")).isEqualTo(value(lines.get(0), "$.pfn"));
  }

  @Test
  void longIdsAndOwnersNameTheirLimits() {
    List<String> lines =
        answers(
            "{\"op\":\"alloc\",\"gfp\":\"GFP_KERNEL\",\"id\":\"%s\"}".formatted("x".repeat(129)),
            "{\"op\":\"alloc\",\"gfp\":\"GFP_KERNEL\",\"owner\":\"%s\"}"
                .formatted("x".repeat(129)));
    assertError(lines.get(0), "too-large", 413);
    assertThat(word(lines.get(0), "$.error.limit_name"))
        .isEqualTo("buddyd.limits.operation-id-bytes");
    assertError(lines.get(1), "too-large", 413);
  }

  @Test
  void nothingSentIsNothingDone() {
    assertThat(value(answers("").get(0), "$.summary.lines")).isZero();
    List<String> blank = answers("", "  ", "\r");
    assertThat(blank).hasSize(1);
    assertThat(value(blank.get(0), "$.summary.done")).isZero();
  }

  @Test
  void bytesThatAreNoUtf8() {
    byte[] line =
        "{\"op\":\"alloc\",\"gfp\":\"GFP_KERNEL\",\"id\":\"\u00ff\"}\n"
            .getBytes(StandardCharsets.ISO_8859_1);
    MvcTestResult result = send("", line);
    assertError(body(result).lines().toList().getFirst(), "invalid-request", 400);
  }

  @Test
  void contentTypesThatAreRead() {
    for (String type :
        new String[] {
          "application/json", "application/x-www-form-urlencoded", "text/plain", "application/jsonl"
        }) {
      MvcTestResult result =
          mvc.post()
              .uri("/operations")
              .header("Content-Type", type)
              .content("{\"op\":\"tick\"}")
              .exchange();
      assertThat(result).hasStatus(200);
      assertThat(value(body(result).lines().toList().getFirst(), "$.time_us")).isPositive();
    }
    assertProblem(
        mvc.post()
            .uri("/operations")
            .header("Content-Type", "application/xml")
            .content("{\"op\":\"tick\"}")
            .exchange(),
        "unsupported-media-type",
        415);
    assertProblem(get("/operations"), "method-not-allowed", 405);
    assertProblem(send("?cpus=1", new byte[0]), "invalid-request", 400);
  }

  @Test
  void sameOperationsGiveTheSameBytes() {
    String[] load = new String[400];
    for (int i = 0; i < load.length; i++) {
      load[i] =
          i % 3 == 2
              ? "{\"op\":\"free\",\"id\":\"%d\"}".formatted(i - 2)
              : "{\"op\":\"alloc\",\"id\":\"%d\",\"gfp\":\"GFP_KERNEL\",\"order\":%d}"
                  .formatted(i, i % 5);
    }
    List<String> once = answers(load);
    bootTiny();
    List<String> again = answers(load);

    assertThat(again.subList(0, 400)).isEqualTo(once.subList(0, 400));
    assertThat(value(again.get(400), "$.summary.errors")).isZero();
  }
}
