package dev.buddyd.api.docs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The calls that the document shows as examples, in the order in which they are made: each works on
 * what those before it left behind.
 */
final class ExampleCalls {

  /**
   * A call.
   *
   * @param operation operation id
   * @param name what it shows, unique within the operation
   * @param uri path with query
   */
  record Call(
      String operation,
      String name,
      String method,
      String uri,
      Map<String, String> parameters,
      Map<String, String> headers,
      @Nullable String contentType,
      @Nullable String body) {

    Call accepting(String mediaType) {
      return with("Accept", mediaType);
    }

    Call with(String header, String value) {
      Map<String, String> all = new TreeMap<>(headers);
      all.put(header, value);
      return new Call(operation, name, method, uri, parameters, all, contentType, body);
    }

    /** Of a machine that is no more. */
    Call inAnotherState() {
      return with("If-Match", "\"0-1\"");
    }

    /** The value of a path parameter. */
    Call where(String parameter, String value) {
      Map<String, String> all = new TreeMap<>(parameters);
      all.put(parameter, value);
      return new Call(operation, name, method, uri, all, headers, contentType, body);
    }

    Call json(String text) {
      return sending("application/json", text);
    }

    Call text(String text) {
      return sending("text/plain", text);
    }

    Call sending(String mediaType, String text) {
      return new Call(operation, name, method, uri, parameters, headers, mediaType, text);
    }
  }

  /** Operation of calls that are made, but not shown. */
  static final String PREPARATION = "";

  /** What {@code cat} prints on a small host. */
  private static final String HOST = resource("/procfs/host-6.12.txt");

  private static final List<String> PROC_FILES =
      List.of("buddyinfo", "pagetypeinfo", "meminfo", "vmstat", "zoneinfo");

  private final List<Call> calls = new ArrayList<>();

  private void add(Call call) {
    calls.add(call);
  }

  private static Call call(String operation, String name, String method, String uri) {
    return new Call(operation, name, method, uri, Map.of(), Map.of(), null, null);
  }

  private static Call get(String operation, String name, String uri) {
    return call(operation, name, "GET", uri);
  }

  /** All calls, for a freshly booted default machine. */
  static List<Call> all() {
    ExampleCalls calls = new ExampleCalls();
    calls.pages();
    calls.zones();
    calls.masks();
    calls.kernelText();
    calls.sysctls();
    calls.events();
    calls.timeAndTruth();
    calls.operations();
    calls.reclaim();
    calls.diagnoses();
    calls.machine();
    calls.replays();
    calls.problems();
    calls.misspelt();
    return calls.calls;
  }

  /** The only mistake that a call without parameters leaves to its client. */
  private void misspelt() {
    PROC_FILES.forEach(file -> misspelt(file, "/proc/" + file));
    misspelt("extfragIndex", "/sys/kernel/debug/extfrag/extfrag_index");
    misspelt("unusableIndex", "/sys/kernel/debug/extfrag/unusable_index");
    misspelt("trace", "/sys/kernel/tracing/trace");
    misspelt("dmesg", "/dmesg");
    misspelt("listSysctls", "/proc/sys/vm");
    misspelt("listZones", "/zones");
    misspelt("listNodes", "/nodes");
    misspelt("checkInvariants", "/invariants");
    misspelt("getMachine", "/machine");
    misspelt("listPresets", "/machine/presets");
    misspelt("getSnapshot", "/machine/snapshot");
    misspelt("listReplays", "/replays");
    misspelt("listProblems", "/problems");
  }

  private void misspelt(String operation, String path) {
    add(get(operation, "an unknown parameter", path + "?nod=0"));
  }

  private void pages() {
    add(
        call("allocate", "one page for the kernel", "POST", "/pages")
            .json("{\"gfp\":\"GFP_KERNEL\",\"order\":0}"));
    add(
        call("allocate", "order 3, atomic, with an owner", "POST", "/pages")
            .json(
                """
                {"gfp":"GFP_ATOMIC|__GFP_COMP","order":3,"cpu":1,"owner":"rx-ring"}\
                """));
    add(
        call("allocate", "a huge page for a process", "POST", "/pages?explain=true")
            .json("{\"gfp\":\"GFP_TRANSHUGE\",\"order\":9,\"use\":\"anon\",\"owner\":\"java\"}"));
    add(
        call("allocate", "below 16 MiB", "POST", "/pages")
            .json("{\"gfp\":\"GFP_KERNEL|GFP_DMA\",\"order\":2,\"owner\":\"floppy\"}"));
    add(
        call("allocate", "a dry run", "POST", "/pages?dry_run=true")
            .json("{\"gfp\":\"GFP_HIGHUSER_MOVABLE\",\"order\":0}"));
    add(
        call("allocate", "why, as text", "POST", "/pages?explain=true&dry_run=true")
            .accepting("text/plain")
            .json("{\"gfp\":\"GFP_KERNEL\",\"order\":2}"));
    add(
        call("allocate", "exactly five pages", "POST", "/pages")
            .json("{\"call\":\"alloc_pages_exact\",\"gfp\":\"GFP_KERNEL\",\"size_bytes\":20480}"));
    for (int i = 0; i < 3; i++) {
      add(
          call(PREPARATION, "fills the DMA zone " + i, "POST", "/pages")
              .json("{\"gfp\":\"GFP_KERNEL|GFP_DMA\",\"order\":10,\"owner\":\"firmware\"}"));
    }
    add(
        call(
                "allocate",
                "refused: the DMA zone has no such block left",
                "POST",
                "/pages?explain=true")
            .json("{\"gfp\":\"GFP_KERNEL|GFP_DMA\",\"order\":10}"));
    add(
        call("allocate", "a misspelt flag", "POST", "/pages")
            .json("{\"gfp\":\"GFP_KERNAL\",\"order\":0}"));
    add(
        call("allocate", "an order that no kernel has", "POST", "/pages")
            .json("{\"gfp\":\"GFP_KERNEL\",\"order\":11}"));
    add(
        call("allocate", "an unknown field", "POST", "/pages")
            .json("{\"gfp\":\"GFP_KERNEL\",\"ordre\":0}"));
    add(
        call("allocate", "no such CPU", "POST", "/pages")
            .json("{\"gfp\":\"GFP_KERNEL\",\"cpu\":64}"));
    add(
        call("allocate", "a form instead of JSON", "POST", "/pages")
            .sending("application/x-www-form-urlencoded", "gfp=GFP_KERNEL"));
    add(call("allocate", "another state", "POST", "/pages").json("{}").inAnotherState());
    add(get("getPage", "an allocated page", "/pages/0x100000").where("pfn", "0x100000"));
    add(get("getPage", "a reserved frame", "/pages/0").where("pfn", "0"));
    add(get("getPage", "a free block and its neighbours", "/pages/0x120000?explain=true"));
    add(get("getPage", "no number", "/pages/abc"));
    add(get("getPage", "outside of the machine", "/pages/0xffffffff"));
    add(get("listPages", "two blocks", "/pages?limit=2"));
    add(get("listPages", "those of an owner", "/pages?owner=rx-ring"));
    add(get("listPages", "no such zone", "/pages?zone=Norml"));
    add(call("freePage", "freed", "DELETE", "/pages/0x100000").where("pfn", "0x100000"));
    add(call("freePage", "freed already", "DELETE", "/pages/0x100000"));
    add(call("freePage", "a reserved frame", "DELETE", "/pages/0"));
    add(call("freePage", "no number", "DELETE", "/pages/ten"));
    add(
        call("freePage", "freed in the meantime", "DELETE", "/pages/0")
            .with("If-Match", "\"1-1\""));
    add(call("freeOwner", "all of an owner", "DELETE", "/pages?owner=rx-ring"));
    add(call("freeOwner", "without an owner", "DELETE", "/pages"));
    add(call("freeOwner", "another state", "DELETE", "/pages?owner=java").inAnotherState());
  }

  private void zones() {
    add(get("listZones", "the zones of the machine", "/zones"));
    add(get("getZone", "one zone", "/zones/0/DMA32").where("node", "0").where("zone", "DMA32"));
    add(get("getZone", "no such zone", "/zones/0/HighMem"));
    add(get("getZone", "no such node", "/zones/7/Normal"));
    add(get("listNodes", "the nodes of the machine", "/nodes"));
    add(get("listPageblocks", "the first two pageblocks", "/pageblocks?limit=2"));
    add(get("listPageblocks", "no such zone", "/pageblocks?zone=Normul"));
  }

  private void masks() {
    add(get("decodeMask", "a number", "/gfp?mask=0x40cc0"));
    add(get("decodeMask", "names", "/gfp?mask=GFP_ATOMIC%7C__GFP_COMP"));
    add(get("decodeMask", "a number of an old kernel", "/gfp?mask=0x201da&kernel=2.6.32"));
    add(get("decodeMask", "a misspelt name", "/gfp?mask=GFP_KERNAL"));
  }

  private void kernelText() {
    for (String file : PROC_FILES) {
      add(get(file, "as 6.12 prints it", "/proc/" + file).accepting("text/plain"));
    }
    add(
        get("extfragIndex", "as 6.12 prints it", "/sys/kernel/debug/extfrag/extfrag_index")
            .accepting("text/plain"));
    add(
        get("unusableIndex", "as 6.12 prints it", "/sys/kernel/debug/extfrag/unusable_index")
            .accepting("text/plain"));
    add(get("trace", "as ftrace prints it", "/sys/kernel/tracing/trace").accepting("text/plain"));
    add(get("dmesg", "what the kernel has said", "/dmesg").accepting("text/plain"));
  }

  private void sysctls() {
    add(get("listSysctls", "all of them", "/proc/sys/vm").accepting("text/plain"));
    add(
        get("readSysctl", "one of them", "/proc/sys/vm/min_free_kbytes")
            .where("knob", "min_free_kbytes")
            .accepting("text/plain"));
    add(get("readSysctl", "no such file", "/proc/sys/vm/min_free_kb"));
    add(
        call("writeSysctl", "a new value", "PUT", "/proc/sys/vm/min_free_kbytes")
            .where("knob", "min_free_kbytes")
            .accepting("text/plain")
            .text("67584"));
    add(
        call("writeSysctl", "no number", "PUT", "/proc/sys/vm/watermark_scale_factor")
            .text("much"));
    add(
        call("writeSysctl", "in another state", "PUT", "/proc/sys/vm/min_free_kbytes")
            .inAnotherState()
            .text("67584"));
  }

  private void events() {
    add(get("events", "the first three", "/events?limit=3").accepting("application/x-ndjson"));
    add(get("events", "no event id", "/events?after=yesterday&limit=1"));
    add(get("events", "of an earlier machine", "/events?after=0-5&limit=1"));
  }

  private void timeAndTruth() {
    add(call("tick", "two ticks", "POST", "/ticks").json("{\"count\":2}"));
    add(call("tick", "back in time", "POST", "/ticks").json("{\"count\":-1}"));
    add(call("tick", "no such CPU", "POST", "/ticks").json("{\"cpu\":99}"));
    add(call("tick", "another state", "POST", "/ticks").json("{}").inAnotherState());
    add(get("checkInvariants", "a sound machine", "/invariants"));
  }

  private static Call operate(String name, String uri, String... lines) {
    return call("operate", name, "POST", uri)
        .accepting("application/x-ndjson")
        .sending("application/x-ndjson", String.join("\n", lines) + "\n");
  }

  private void operations() {
    add(
        operate(
            "allocate, split and free",
            "/operations",
            "{\"op\":\"alloc\",\"id\":\"a\",\"gfp\":\"GFP_KERNEL\",\"order\":2}",
            "{\"op\":\"split\",\"id\":\"a\"}",
            "{\"op\":\"alloc_bulk\",\"id\":\"b\",\"gfp\":\"GFP_KERNEL\",\"count\":3}",
            "{\"op\":\"free\",\"id\":\"b\"}",
            "{\"op\":\"free\",\"id\":\"a\"}"));
    add(
        operate(
            "page cache, clean and dirty",
            "/operations",
            "{\"op\":\"alloc_bulk\",\"id\":\"c\",\"gfp\":\"GFP_HIGHUSER_MOVABLE\","
                + "\"count\":2,\"use\":\"file\"}",
            "{\"op\":\"alloc\",\"id\":\"d\",\"gfp\":\"GFP_HIGHUSER_MOVABLE\","
                + "\"use\":\"file\",\"dirty\":true}",
            "{\"op\":\"free\",\"id\":\"c\"}",
            "{\"op\":\"free\",\"id\":\"d\"}"));
    add(
        operate(
            "mistakes, answered in their lines",
            "/operations",
            "{\"op\":\"free\",\"pfn\":\"0x100000\"}",
            "{\"op\":\"alloc\",\"gfp\":\"GFP_KERNEL\",\"ordre\":1}",
            "{\"op\":\"drain\",\"cpu\":0}"));
    add(
        operate(
            "a refusal, and nothing else answered",
            "/operations?results=errors",
            "{\"op\":\"alloc\",\"id\":\"x\",\"gfp\":\"GFP_DMA\",\"order\":10}",
            "{\"op\":\"free\",\"id\":\"x\"}"));
    add(operate("no such CPU", "/operations?cpu=64", "{\"op\":\"tick\"}"));
    add(operate("no such choice", "/operations?results=some", "{\"op\":\"tick\"}"));
    add(operate("another state", "/operations", "{\"op\":\"tick\"}").inAnotherState());
  }

  private void reclaim() {
    add(call(PREPARATION, "another machine", "PUT", "/machine").json("{\"preset\":\"tiny\"}"));
    add(
        call("allocate", "dirty page cache of a process", "POST", "/pages")
            .json(
                """
                {"gfp":"GFP_HIGHUSER_MOVABLE","use":"file","dirty":true,"owner":"db"}\
                """));
    add(
        call("allocate", "dirty, but no page cache", "POST", "/pages")
            .json("{\"gfp\":\"GFP_KERNEL\",\"use\":\"anon\",\"dirty\":true}"));
    add(
        call("putOwner", "likely to be killed", "PUT", "/owners/db")
            .where("name", "db")
            .json("{\"oom_score_adj\":500}"));
    add(call("putOwner", "never killed", "PUT", "/owners/init").json("{\"unkillable\":true}"));
    add(call("putOwner", "out of range", "PUT", "/owners/db").json("{\"oom_score_adj\":5000}"));
    add(call("putOwner", "another state", "PUT", "/owners/db").json("{}").inAnotherState());
    add(get("getOwner", "a process", "/owners/db").where("name", "db"));
    add(get("getOwner", "nobody", "/owners/nobody"));
    add(get("listOwners", "all of them", "/owners"));
    add(get("listOwners", "too many", "/owners?limit=100000"));
    add(get("getAllocation", "in memory", "/allocations/2").where("sequence", "2"));
    add(get("getAllocation", "none", "/allocations/4711"));
    add(get("getAllocation", "no number", "/allocations/first"));
    add(
        call("touchAllocation", "a write", "POST", "/allocations/2/touches")
            .where("sequence", "2")
            .json("{\"write\":true}"));
    add(
        call("touchAllocation", "of another machine", "POST", "/allocations/2/touches")
            .inAnotherState());
    add(call("touchAllocation", "none", "POST", "/allocations/4711/touches").json("{}"));
    add(
        call("faultAllocation", "it is in memory", "POST", "/allocations/2/faults")
            .where("sequence", "2")
            .json("{}"));
    add(
        call("faultAllocation", "of another machine", "POST", "/allocations/2/faults")
            .inAnotherState());
    add(call("faultAllocation", "none", "POST", "/allocations/4711/faults").json("{}"));
    add(
        call("reclaim", "one pass that finds a dirty page", "POST", "/reclaims?explain=true")
            .json("{\"pages\":1,\"gfp\":\"GFP_NOIO|__GFP_HIGHMEM|__GFP_MOVABLE\"}"));
    add(
        call("reclaim", "a pass as text", "POST", "/reclaims?explain=true")
            .accepting("text/plain")
            .json("{\"pages\":1}"));
    add(call("reclaim", "cannot sleep", "POST", "/reclaims").json("{\"gfp\":\"GFP_ATOMIC\"}"));
    add(call("reclaim", "no such node", "POST", "/reclaims").json("{\"node\":7}"));
    add(call("reclaim", "another state", "POST", "/reclaims").json("{}").inAnotherState());
    add(
        call("compact", "a zone, as far as it goes", "POST", "/compactions")
            .json("{\"node\":0,\"zone\":\"DMA32\"}"));
    add(call("compact", "no such order", "POST", "/compactions").json("{\"order\":11}"));
    add(call("compact", "no such zone", "POST", "/compactions").json("{\"zone\":\"Normul\"}"));
    add(call("compact", "another state", "POST", "/compactions").json("{}").inAnotherState());
    add(call("freeAllocation", "given back", "DELETE", "/allocations/2").where("sequence", "2"));
    add(call("freeAllocation", "given back already", "DELETE", "/allocations/2"));
    add(
        call("freeAllocation", "of another machine", "DELETE", "/allocations/2")
            .with("If-Match", "\"0-2\""));
    outOfMemory();
  }

  /** Memory without swap that is full of a process: the next who asks for it gets it killed. */
  private void outOfMemory() {
    add(
        call(PREPARATION, "no swap", "PUT", "/machine")
            .json(
                """
                {"name":"short","arch":"x86_64","swap_kb":0,"nodes":[{"cpus":[0],"ranges":[\
                {"start_pfn":1,"pages":16383}]}]}\
                """));
    String process =
        "{\"op\":\"alloc\",\"gfp\":\"GFP_HIGHUSER_MOVABLE\",\"use\":\"anon\",\"owner\":\"hog\"}";
    String kernel = "{\"op\":\"alloc\",\"gfp\":\"GFP_KERNEL\",\"owner\":\"asker\"}";
    add(
        call(PREPARATION, "a process and the kernel", "POST", "/operations?results=none")
            .sending(
                "application/x-ndjson",
                (process + "\n").repeat(9_000) + (kernel + "\n").repeat(8_000)));
    add(get("dmesg", "a process was killed", "/dmesg").accepting("text/plain"));
    add(call(PREPARATION, "with swap again", "PUT", "/machine").json("{\"preset\":\"tiny\"}"));
  }

  /** What a 6.12 kernel prints. */
  private static String failureReport() {
    return resource("/procfs/failure-6.12.txt");
  }

  private static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(ExampleCalls.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void diagnoses() {
    add(call("diagnose", "a failed request", "POST", "/diagnoses").text(failureReport()));
    add(
        call("diagnose", "the same, as text", "POST", "/diagnoses")
            .accepting("text/plain")
            .text(failureReport()));
    add(call("diagnose", "no kernel report", "POST", "/diagnoses").text("hello, world\n"));
    add(call("diagnose", "half a question", "POST", "/diagnoses?order=3").text("hello, world\n"));
    add(
        call("diagnose", "a question about a host", "POST", "/diagnoses?gfp=GFP_KERNEL&order=9")
            .text(HOST));
    add(
        call("diagnose", "a question about a report", "POST", "/diagnoses?gfp=GFP_ATOMIC&order=0")
            .accepting("text/plain")
            .text(failureReport()));
    add(get("predict", "huge pages", "/predictions?gfp=GFP_TRANSHUGE&order=9"));
    add(
        get("predict", "the same, as text", "/predictions?gfp=GFP_TRANSHUGE&order=9")
            .accepting("text/plain"));
    add(get("predict", "an unknown flag", "/predictions?gfp=GFP_KERNAL&order=9"));
    add(get("predict", "order too large", "/predictions?gfp=GFP_KERNEL&order=11"));
    add(get("predict", "no such node", "/predictions?gfp=GFP_KERNEL&order=9&node=3"));
  }

  private void machine() {
    add(get("getMachine", "the default machine", "/machine"));
    add(get("listPresets", "all of them", "/machine/presets"));
    add(get("getPreset", "the smallest", "/machine/presets/tiny").where("name", "tiny"));
    add(get("getPreset", "no such preset", "/machine/presets/tinny"));
    add(call("bootMachine", "a preset", "PUT", "/machine").json("{\"preset\":\"tiny\"}"));
    add(
        call("bootMachine", "a description", "PUT", "/machine")
            .json(
                """
                {"name":"small","arch":"x86_64","nodes":[{"cpus":[0,1],"ranges":[\
                {"start_pfn":1,"pages":65535}]}]}\
                """));
    add(call("bootMachine", "no such preset", "PUT", "/machine").json("{\"preset\":\"tinny\"}"));
    add(
        call("bootMachine", "no CPU", "PUT", "/machine")
            .json(
                """
                {"name":"small","arch":"x86_64","nodes":[{"cpus":[],"ranges":[\
                {"start_pfn":1,"pages":65535}]}]}\
                """));
    add(call("bootMachine", "an unknown field", "PUT", "/machine").json("{\"prset\":\"tiny\"}"));
    add(call("bootMachine", "a host's files", "PUT", "/machine?seed=7").text(HOST));
    add(get("getMachine", "a host", "/machine"));
    add(
        call("bootMachine", "marks that contradict each other", "PUT", "/machine")
            .text(HOST.replace("low      557", "low      45")));
    add(
        call("bootMachine", "no zoneinfo", "PUT", "/machine")
            .text(HOST.substring(0, HOST.indexOf("$ cat /proc/zoneinfo"))));
    add(
        call("bootMachine", "another state", "PUT", "/machine")
            .inAnotherState()
            .json("{\"preset\":\"tiny\"}"));
    add(get("getSnapshot", "a small machine", "/machine/snapshot").accepting("application/json"));
    add(call("putSnapshot", "not a snapshot", "PUT", "/machine/snapshot").json("{}"));
  }

  private void replays() {
    add(get("listReplays", "none yet", "/replays"));
    add(
        call("startReplay", "a trace", "POST", "/replays?machine=tiny")
            .text(resource("/replay/sample.trace")));
    add(
        call("startReplay", "a trace and no such sysctl", "POST", "/replays?sysctl.min_free=9")
            .text(resource("/replay/sample.trace")));
    add(
        call("startReplay", "a trace and no such preset", "POST", "/replays?machine=tinny")
            .text(resource("/replay/sample.trace")));
    add(call("startReplay", "neither recording nor trace", "POST", "/replays").text("hello\n"));
    add(call("startReplay", "not a recording", "POST", "/replays").json("{\"format\":\"?\"}"));
    add(get("listReplays", "one that is done", "/replays"));
    add(get("getReplay", "a trace that was replayed", "/replays/1").where("id", "1"));
    add(get("getReplay", "no such replay", "/replays/4711").where("id", "1"));
    add(get("getReplayRecording", "no such replay", "/replays/4711/recording"));
    add(call("deleteReplay", "forgotten", "DELETE", "/replays/1").where("id", "1"));
    add(call("deleteReplay", "no such replay", "DELETE", "/replays/4711"));
  }

  private void problems() {
    add(get("listProblems", "all of them", "/problems").accepting("application/json"));
    add(
        get("getProblem", "one of them", "/problems/order-mismatch")
            .where("type", "order-mismatch")
            .accepting("application/json"));
    add(get("getProblem", "no such type", "/problems/none").accepting("application/json"));
  }
}
