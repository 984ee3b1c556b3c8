package dev.buddyd.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.buddyd.replay.json.RecordingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is no sound recording is refused with line, field and a sentence. */
class BrokenRecordingsTest {

  private static final String SOUND = text("s1-order0-short-1");
  private static final String BULK = text("s9-bulk-exact-2");

  private static String text(String name) {
    return new String(
        Recordings.text(Recordings.FOLDER.resolve(name + ".json.gz")), StandardCharsets.UTF_8);
  }

  private static RecordingException refusal(byte[] sent) {
    RuntimeException failure;
    try {
      failure = Recordings.run(sent).failure();
    } catch (RecordingException e) {
      failure = e;
    }
    assertThat(failure).isInstanceOf(RecordingException.class);
    return (RecordingException) failure;
  }

  /** One text replaced by another where it first appears after a mark. */
  private static Arguments edit(
      String after, String old, String changed, String field, String sentence) {
    return edit(SOUND, after, old, changed, field, sentence);
  }

  private static Arguments edit(
      String text, String after, String old, String changed, String field, String sentence) {
    int from = text.indexOf(after);
    int at = text.indexOf(old, from);
    assertThat(from).as(after).isNotNegative();
    assertThat(at).as(old).isNotNegative();
    String broken = text.substring(0, at) + changed + text.substring(at + old.length());
    int line = (int) text.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
    return arguments(old + " -> " + changed, broken, line, field, sentence);
  }

  static Stream<Arguments> contradictions() {
    String dma = "\"before\"";
    String dma32 = "\"name\":\"DMA32\"";
    String normal = "\"name\":\"Normal\"";
    String zone = "before.nodes[0].zones[0].";
    String zone1 = "before.nodes[0].zones[1].";
    return Stream.of(
        // ---- types
        edit(dma, "\"managed\":3840", "\"managed\":\"3840\"", zone + "managed", "not a string"),
        edit(dma, "\"managed\":3840", "\"managed\":3840.5", zone + "managed", "not 3840.5"),
        edit(dma, "\"managed\":3840", "\"managed\":null", zone + "managed", "not null"),
        edit(dma, "\"managed\":3840", "\"managed\":99999999999999999999", zone + "managed", "9999"),
        edit(dma, "\"managed\":3840,", "", zone + "managed", "is missing"),
        edit(dma, "\"flags\":0", "\"flags\":0,\"flags\":0", zone + "flags", "appears twice"),
        edit(dma, "\"pages\":[", "\"pages\":[7,", zone + "pages[0]", "must be an array"),
        edit(dma, "\"watermark\":{", "\"watermark\":3,\"w\":{", zone + "watermark", "an object"),
        // ---- sizes and zones
        edit(dma, "\"managed\":3840", "\"managed\":3841", "allZones[0][4]", "3841"),
        edit(dma, "\"spanned\":4095", "\"spanned\":4094", zone + "spanned", "4095"),
        edit(dma, "\"present\":3998", "\"present\":3997", zone + "present", "3998"),
        edit(dma, "\"name\":\"DMA\"", "\"name\":\"Low\"", zone + "name", "DMA"),
        edit(dma, "\"index\":1,", "\"index\":0,", zone1 + "index", "ascending"),
        edit(dma, "\"totalramPages\":102287", "\"totalramPages\":1", "totalramPages", "102287"),
        edit(dma, "\"nrOnlineCpus\":1", "\"nrOnlineCpus\":2", "nrOnlineCpus", "1 CPUs"),
        edit(dma, "\"cpus\":[0]", "\"cpus\":[1]", "before.nodes", "CPU 0"),
        edit(dma, "\"cpus\":[0]", "\"cpus\":[0,0]", "cpus", "two nodes"),
        edit(dma, "{\"node\":0", "{\"node\":1", "before.nodes[0].node", "numbered from 0"),
        edit(dma, "\"distance\":[10]", "\"distance\":[10,20]", "distance", "1 elements"),
        edit(dma, "[0,1,\"DMA32\",1]", "[0,1,\"Low\",1]", "Fallback[1]", "no populated zone"),
        edit(dma, "[0,1,\"DMA32\",1]", "[0,2,\"Normal\",1]", "Fallback[1]", "twice"),
        edit(dma, "[0,1,\"DMA32\",1]", "[3,1,\"DMA32\",1]", "Fallback[1]", "0 to 0"),
        // ---- frames
        edit(dma, "[\"r\",1,255]", "[\"r\",2,254]", zone + "pages[0]", "start at pfn 1"),
        edit(dma, "[\"f\",288,3808]", "[\"f\",288,3800]", zone + "pages", "ends at pfn 4088"),
        edit(dma, "[\"f\",288,3808]", "[\"f\",288,3809]", zone + "pages[2]", "1 to 3808"),
        edit(dma, "[\"a\",256,32]", "[\"q\",256,32]", zone + "pages[1]", "h, r, f, m, a"),
        edit(dma, "[\"a\",256,32]", "[\"r\",256,32]", zone + "managed", "3808"),
        edit(dma, "[1,512,7]", "[1,1024,6]", zone + "pageblocks[1]", "pfn 512"),
        edit(dma, "[1,512,7]", "[1,512,6]", zone + "pageblocks", "ends at pfn 3584"),
        edit(dma, "[1,512,7]", "[5,512,7]", zone + "pageblocks[1][0]", "-1 to 4"),
        // ---- free lists
        edit(dma, "\"Unmovable\":[288]", "\"Unmovable\":[289]", "[5].lists.Un", "not aligned"),
        edit(dma, "\"Unmovable\":[288]", "\"Unmovable\":[4096]", "[5].lists.Un", "outside"),
        edit(dma, "\"Unmovable\":[288]", "\"Unmovable\":[256]", "[5].lists.Un", "not all free"),
        edit(dma, "\"Unmovable\":[288]", "\"Movable\":[288]", "[5].lists.Mov", "another type"),
        edit(dma, "\"Unmovable\":[320]", "\"Unmovable\":[512]", "[6].lists.Un", "another type"),
        edit(dma, "\"Unmovable\":[288]", "\"Weird\":[288]", "[5].lists.Weird", "no migratetype"),
        edit(dma, "1024,2048,3072", "1024,1024,3072", "[10].lists.Movable[1]", "block of 1024"),
        edit(dma, "\"Movable\":[512]", "\"Movable\":[1024]", "[10].lists.Mov", "block of 1024"),
        edit(
            dma, "\"nrFree\":1,\"lists\":{\"Unm", "\"nrFree\":2,\"lists\":{\"Unm", "nrFree", "1 b"),
        edit(
            dma,
            "\"nrFree\":3,\"lists\":{\"Movable\":[1024,2048,3072]}",
            "\"nrFree\":2,\"lists\":{\"Movable\":[1024,2048]}",
            "freeArea",
            "2784 pages"),
        edit(dma, "{\"order\":0,", "{\"order\":1,", "freeArea[0].order", "must be 0"),
        edit(
            dma32,
            "\"order\":1,\"nrFree\":5,\"lists\":{\"Movable\":[14048,",
            "\"order\":1,\"nrFree\":5,\"lists\":{\"Movable\":[13056,",
            "[1].lists.Movable[0]",
            "not all free"),
        // ---- numbers
        edit(dma, "\"nrFreePages\":3808", "\"nrFreePages\":3809", zone + "vmStat", "3809"),
        edit(dma, "\"vmStat\":[3808", "\"vmStat\":[3807", zone + "vmStat", "3808"),
        edit(dma, "\"nrFreeHighatomic\":0", "\"nrFreeHighatomic\":1", "nrFreeHigh", "must be 0"),
        edit(dma, "\"min\":24", "\"min\":31", "watermark.low", "31 to"),
        edit(dma, "\"boost\":0", "\"boost\":-1", "watermark.boost", "not -1"),
        edit(dma, "[0,129,375,375,375]", "[0,129,375,375]", "lowmemReserve", "5 elements"),
        edit(dma, "\"belowHighFlag\":0", "\"belowHighFlag\":1", "belowHighFlag", "flags is 0"),
        edit(dma, "\"flags\":0", "\"flags\":8", zone + "flags", "0 to 7"),
        edit(dma, "[1,0,0,1,1,0]", "[1,0,0]", "numaEvents", "6 elements"),
        edit(dma, "\"highestZoneidx\":5", "\"highestZoneidx\":6", "highestZoneidx", "0 to 5"),
        // ---- per-CPU sets
        edit(dma, "\"count\":0", "\"count\":1", zone + "pcp[0].count", "0 pages"),
        edit(dma, "\"freePagesDiff\":0", "\"freePagesDiff\":1", "vmStatDiff", "freePagesDiff, 1"),
        edit(dma, "\"pcp\":[{\"cpu\":0", "\"pcp\":[{\"cpu\":1", "pcp[0].cpu", "0 to 0"),
        edit(normal, "{\"index\":0,\"order\":0", "{\"index\":3,\"order\":0", "order", "must be 1"),
        edit(normal, "\"mt\":\"Unmovable\"", "\"mt\":\"Movable\"", "lists[0].mt", "Unmovable"),
        edit(normal, "1060153,1060151", "1060153,1060153", "pfns[1]", "on a per-CPU list already"),
        edit(normal, "1060153,1060151", "1060153,4096", "pfns[1]", "outside the zone"),
        // ---- operations
        edit("\"ops\"", "[\"A\",0", "[\"Z\",0", "ops[0][0]", "\"Z\" is no operation"),
        edit("\"ops\"", "[\"A\",0", "[7,0", "ops[0][0]", "must be a string"),
        edit("\"ops\"", "[\"A\",0,0,8384,0,0,1060153,0]", "[\"A\",0]", "ops[0]", "lacks order"),
        edit("\"ops\"", "0,0,1060153,0]", "0,0,1060153,0,0]", "ops[0][8]", "more elements"),
        edit("\"ops\"", "[\"A\",0,0,8384", "[\"A\",0,0,\"x\"", "ops[0][3]", "whole number"),
        edit("\"ops\"", "[\"A\",0,0,8384", "[\"A\",0,0,24", "ops[0][3]", "at once"),
        edit("\"ops\"", "[\"A\",0,0,8384,0", "[\"A\",0,0,8384,1", "ops[0][4]", "no node 1"),
        edit("\"ops\"", "[\"A\",0,0,8384,0,0", "[\"A\",0,0,8384,0,1", "ops[0][5]", "no CPU 1"),
        edit("\"ops\"", "[\"F\",0,0,0,", "[\"F\",0,0,1,", "ops[2][3]", "no CPU 1"),
        edit("\"ops\"", "[\"F\",1,0,0,1060151]", "[\"F\",0,0,0,1060153]", "ops[3][1]", "before"),
        edit("\"ops\"", "[\"F\",0,0,0,1060153]", "[\"F\",0,1,0,1060153]", "ops[2][2]", "order 0"),
        edit("\"ops\"", "[\"F\",0,0,0,1060153]", "[\"F\",0,0,0,1060151]", "ops[2][4]", "holds"),
        edit("\"ops\"", "[\"F\",0,0,0,1060153]", "[\"F\",9,0,0,null]", "ops[2][1]", "never filled"),
        edit("\"ops\"", "[\"F\",0,0,0,1060153]", "[\"F\",9,0,0,300]", "ops[2][4]", "not in use"),
        edit("\"ops\"", "[\"F\",0,0,0,1060153]", "[\"F\",9,0,0,1]", "ops[2][4]", "not in use"),
        edit("\"ops\"", "[\"F\",0,0,0,1060153]", "[\"F\",9,0,0,9999999]", "ops[2][4]", "no block"),
        edit("\"ops\"", "[\"F\",0,0,0,1060153]", "[\"F\",9,3,0,257]", "ops[2][4]", "no block"),
        edit("\"ops\"", "[\"A\",1,0", "[\"A\",0,0", "ops[1][1]", "slot 0 holds a block"),
        edit("\"ops\"", "[\"F\",0,0,0,1060153]", "[\"Y\",0,1,0,1060153]", "ops[2][2]", "order 0"),
        edit("\"ops\"", "[\"F\",0,0,0,1060153]", "[\"b\",0,1060153]", "ops[2][0]", "follow the B"),
        edit("\"ops\"", "[\"F\",0,0,0,1060153]", "[\"D\",4]", "ops[2][1]", "no CPU 4"),
        edit("\"ops\"", "[\"F\",0,0,0,1060153]", "[\"U\",2,0,0,0,0]", "ops[2][1]", "0 to 1"),
        edit(BULK, "\"ops\"", "[\"b\",1,", "[\"b\",2,", "ops[2][1]", "must be slot 1"),
        edit(BULK, "\"ops\"", "[\"b\",0,", "[\"b\",\"0\",", "ops[1][1]", "whole number"),
        // ---- probes
        edit(
            "\"probes\"",
            "{\"afterOp\":-1",
            "{\"afterOp\":50",
            "probes[1].afterOp",
            "in the order"),
        edit("\"probes\"", "{\"afterOp\":-1", "{\"after\":-1", "probes[0]", "no afterOp"),
        // ---- the whole
        edit("\"format\"", "pgoracle/1", "pgoracle/2", "format", "must be \"pgoracle/1\""),
        edit("\"format\"", "\"format\"", "\"Format\"", "format", "is missing"),
        edit("\"ops\"", "\"ops\":", "\"oops\":", "ops", "is missing"),
        edit("\"ops\"", "\"ops\":[", "\"ops\":{", "ops", "must be an array"),
        edit("\"name\"", "\"description\"", "\"name\"", "name", "appears twice"),
        edit("\"procText\"", "\"run\":{", "\"run\":7} {", "", "something follows"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("contradictions")
  @DisplayName("a contradiction is told with line and field")
  void contradictionsAreTold(String name, String broken, int line, String field, String sentence) {
    RecordingException refusal = refusal(Recordings.bytes(broken));
    assertThat(refusal.field()).contains(field);
    assertThat(refusal.sentence()).contains(sentence);
    if (!refusal.sentence().contains("is missing")) {
      assertThat(refusal.line()).isBetween(line, line + 2);
    }
  }

  @Test
  @DisplayName("a probe after the last operation has nothing to look at")
  void probeBeyondTheEnd() {
    int last = SOUND.lastIndexOf("{\"afterOp\":49");
    String broken = SOUND.substring(0, last) + SOUND.substring(last).replace(":49", ":50");
    RecordingException refusal = refusal(Recordings.bytes(broken));
    assertThat(refusal.field()).isEqualTo("probes[51].afterOp");
    assertThat(refusal.sentence()).contains("only 50 operations");
  }

  @Test
  @DisplayName("two nodes that claim one frame are told apart")
  void sharedFrames() {
    String text = text("s7-numa-1");
    // node 1 starts at pfn 1081344; a node 0 that reaches beyond claims its first frame, too
    String broken =
        text.replaceFirst(
                "\"startPfn\":1048576,\"spanned\":32768,\"present\":32768",
                "\"startPfn\":1048576,\"spanned\":32769,\"present\":32769")
            .replaceFirst(
                "\\[\"Normal\",1048576,32768,32768,31120\\]",
                "[\"Normal\",1048576,32769,32769,31121]")
            .replaceFirst("\"managed\":31120", "\"managed\":31121");
    int end = broken.indexOf("]],\"pcp\"", broken.indexOf("\"managed\":31121"));
    broken = broken.substring(0, end) + "],[\"a\",1081344,1" + broken.substring(end);
    RecordingException refusal = refusal(Recordings.bytes(broken));
    assertThat(refusal.sentence()).contains("pfn 1081344 belongs to", "too");
  }

  @Test
  @DisplayName("a text that is cut off, wherever that is")
  void cutOff() {
    byte[] sound = SOUND.getBytes(StandardCharsets.UTF_8);
    for (int length = 0; length < 400; length++) {
      assertThat(refusal(Arrays.copyOf(sound, length)).line()).isPositive();
    }
    for (int length = 400; length < sound.length - 1; length += 4099) {
      assertThat(refusal(Arrays.copyOf(sound, length)).line()).isPositive();
    }
  }

  @Test
  @DisplayName("truncated and damaged gzip")
  void gzip() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(Recordings.bytes(SOUND));
    }
    byte[] whole = out.toByteArray();
    RecordingException truncated = refusal(Arrays.copyOf(whole, whole.length / 2));
    assertThat(truncated.sentence()).isEqualTo("the gzip data end in the middle");
    assertThat(truncated.line()).isPositive();
    byte[] damaged = whole.clone();
    Arrays.fill(damaged, whole.length / 2, whole.length / 2 + 64, (byte) 0x55);
    RecordingException bad = refusal(damaged);
    assertThat(bad.sentence()).matches("the gzip data are damaged|.*no valid JSON.*|.*must .*");
    assertThat(refusal(Arrays.copyOf(whole, 12)).sentence()).contains("gzip data end");
  }

  @Test
  @DisplayName("what is no JSON object at all")
  void noJson() {
    assertThat(refusal(new byte[0]).sentence()).contains("text ends here");
    assertThat(refusal(Recordings.bytes("[]")).sentence()).contains("must be a JSON object");
    assertThat(refusal(Recordings.bytes("{\"format\":")).sentence()).contains("valid JSON");
    assertThat(refusal(Recordings.bytes("GFP_KERNEL")).line()).isEqualTo(1);
    String half = SOUND.substring(0, SOUND.indexOf("\"ops\"") + 900);
    RecordingException cut = refusal(Recordings.bytes(half));
    assertThat(cut.field()).startsWith("ops[");
    assertThat(cut.line()).isGreaterThan(180);
  }

  @Test
  void theStateAfterIsAnObject() {
    int after = SOUND.lastIndexOf("\"after\":");
    String broken = SOUND.substring(0, after) + "\"after\":5,\"old\":" + SOUND.substring(after + 8);
    RecordingException refusal = refusal(Recordings.bytes(broken));
    assertThat(refusal.field()).isEqualTo("after");
    assertThat(refusal.sentence()).isEqualTo("must be an object, not a number");
  }

  @Test
  void whatIsNoRecordingAtAllHasALineButNoField() {
    assertThat(refusal(Recordings.bytes("[]"))).hasMessage("line 1: must be a JSON object");
    String deep = "{\"x\":" + "[".repeat(70) + "]".repeat(70) + "}";
    assertThat(refusal(Recordings.bytes(deep)).sentence())
        .startsWith("Document nesting depth (65) exceeds the maximum allowed (64)")
        .doesNotContain("StreamRead");
  }
}
