package dev.buddyd.api.problem;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.http.HttpStatus;

/** All problems that this service answers with. */
public enum ProblemType {
  PAGE_ALLOCATION_FAILURE(
      HttpStatus.CONFLICT,
      "The simulated machine refuses the request",
      "The machine has no such block for this mask, as a real kernel would not have it. The service"
          + " itself is well. kernel_would says what a kernel would do now: fail (return no page),"
          + " loop (retry for ever), oom_kill (kill a process and retry) or panic.",
      "Read sentence and verdicts: each names the rule, the left and the right side of the"
          + " watermark test. Free something, ask for a lower order, or for another class of"
          + " memory."),
  NOT_ALLOCATED(
      HttpStatus.CONFLICT,
      "No allocation starts at this frame",
      "Only the first frame of an allocated block can be freed, and only once. The member state"
          + " says what the frame is instead: free, pcp (on a per-CPU list), tail, reserved or"
          + " hole.",
      "GET /pages/{pfn} shows the block the frame belongs to."),
  NOT_RESIDENT(
      HttpStatus.CONFLICT,
      "The pages are not in memory",
      "Reclaim took the pages of this allocation, or the process that held them was killed. The"
          + " member state says which: swapped, dropped or killed; faultable says whether a fault"
          + " brings them back.",
      "POST /allocations/{sequence}/faults brings swapped pages and dropped page cache back; DELETE"
          + " /allocations/{sequence} forgets the allocation."),
  ORDER_MISMATCH(
      HttpStatus.CONFLICT,
      "The block was allocated with another order",
      "A block is freed with the order it was allocated with; a kernel would corrupt its free"
          + " lists.",
      "Leave ?order= out, or give the order in allocated_order."),
  INVALID_REQUEST(
      HttpStatus.BAD_REQUEST,
      "The request is not understood",
      "The JSON is malformed, a field or parameter is unknown, missing or of the wrong type, or two"
          + " of them contradict each other. The member field names it; nearest is the known name"
          + " that comes closest.",
      "Compare the request with the examples in /swagger-ui.html."),
  INVALID_GFP(
      HttpStatus.BAD_REQUEST,
      "The gfp mask is not valid",
      "A flag is unknown (nearest is the known name that comes closest), has no meaning in 6.12, or"
          + " flags exclude each other. Where a kernel would warn and repair, this service refuses"
          + " and says what the kernel would do.",
      "GET /gfp?mask= decodes and explains any mask."),
  INVALID_ORDER(
      HttpStatus.BAD_REQUEST,
      "The order is not valid",
      "A block has 2^order pages; the order is 0 to MAX_PAGE_ORDER of the machine (10 with pages of"
          + " 4 KiB).",
      "For other sizes use call alloc_pages_exact with size_bytes."),
  INVALID_PFN(
      HttpStatus.BAD_REQUEST,
      "The page frame number is not valid",
      "A pfn is a decimal number, or a hexadecimal one with 0x in front.",
      "GET /zones shows where the machine's frames lie."),
  INVALID_SYSCTL(
      HttpStatus.BAD_REQUEST,
      "The kernel would answer EINVAL",
      "There is no such sysctl, or it does not take this value. Nothing was changed.",
      "The detail names the range of values."),
  CROSS_SITE(
      HttpStatus.FORBIDDEN,
      "A page of another site may not change this machine",
      "A browser marked the request as coming from another site (Sec-Fetch-Site: cross-site). This"
          + " service has no CORS and refuses such requests unless they only read.",
      "Send the request from a page of this service, or without a browser."),
  READ_ONLY(
      HttpStatus.FORBIDDEN,
      "This service is read-only",
      "It was started with buddyd.read-only=true: calls that would change the machine are refused.",
      "POST /pages?dry_run=true still answers what would happen."),
  NOT_FOUND(
      HttpStatus.NOT_FOUND,
      "There is nothing here",
      "No endpoint has this path. Paths are case-sensitive and have no slash at the end.",
      "The paths are listed in /swagger-ui.html and /v3/api-docs."),
  NO_SUCH_ALLOCATION(
      HttpStatus.NOT_FOUND,
      "There is no such allocation",
      "Allocations are named by their sequence, which POST /pages answers. This one never was, or"
          + " it was given back and the events of that time are no longer kept.",
      "GET /pages lists what is in memory."),
  NO_SUCH_OWNER(
      HttpStatus.NOT_FOUND,
      "There is no such owner",
      "An owner exists once it has asked for pages or was put with PUT /owners/{name}.",
      "GET /owners lists them."),
  NO_SUCH_FRAME(
      HttpStatus.NOT_FOUND,
      "The frame is outside of the machine",
      "The pfn lies behind the machine's last frame.",
      "GET /zones shows where the machine's frames lie."),
  NO_SUCH_ZONE(
      HttpStatus.NOT_FOUND,
      "The node has no such zone",
      "Zones are DMA, DMA32, Normal, HighMem and Movable; which of them exist depends on the"
          + " machine.",
      "GET /zones lists them."),
  NO_SUCH_NODE(
      HttpStatus.NOT_FOUND,
      "The machine has no such node",
      "Nodes are numbered from 0.",
      "GET /nodes lists them."),
  NO_SUCH_CPU(
      HttpStatus.NOT_FOUND,
      "The machine has no such CPU",
      "CPUs are numbered from 0.",
      "GET /nodes lists the CPUs of each node."),
  NO_SUCH_REPLAY(
      HttpStatus.NOT_FOUND,
      "There is no such replay",
      "Finished replays are kept for a while and then forgotten.",
      "Send the recording again."),
  NO_SUCH_PRESET(
      HttpStatus.NOT_FOUND,
      "There is no such preset",
      "The member presets lists the machines that can be booted by name.",
      "GET /machine/presets describes them."),
  METHOD_NOT_ALLOWED(
      HttpStatus.METHOD_NOT_ALLOWED,
      "The path does not have this method",
      "The header Allow lists the methods it has.",
      "See /swagger-ui.html."),
  NOT_ACCEPTABLE(
      HttpStatus.NOT_ACCEPTABLE,
      "The endpoint has no such representation",
      "The member available lists the media types it can answer with.",
      "Change the header Accept, or leave it out."),
  REQUEST_TIMEOUT(
      HttpStatus.REQUEST_TIMEOUT,
      "The request did not arrive in time",
      "The connection was silent for too long while the body was awaited.",
      "Send the request again."),
  EVENTS_EXPIRED(
      HttpStatus.GONE,
      "These events are older than the ring",
      "The ring keeps a bounded number of events; older ones are gone.",
      "Start from the oldest event that is named in the problem."),
  STALE_STATE(
      HttpStatus.PRECONDITION_FAILED,
      "The state is not the one named in If-Match",
      "Something has changed since the ETag was read, or another machine was booted.",
      "GET the resource again and decide anew."),
  TOO_LARGE(
      HttpStatus.CONTENT_TOO_LARGE,
      "A limit of this service is exceeded",
      "The members limit and limit_name say which. Limits can be set: buddyd.limits.*.",
      "Send less, or start the service with another limit."),
  UNSUPPORTED_MEDIA_TYPE(
      HttpStatus.UNSUPPORTED_MEDIA_TYPE,
      "The endpoint does not read this content type",
      "The member supported lists the media types, or the content encodings, that it reads.",
      "With curl use --json '{...}' instead of -d for JSON."),
  INVALID_SNAPSHOT(
      HttpStatus.UNPROCESSABLE_CONTENT,
      "The snapshot cannot be restored",
      "It is truncated, of a newer version, or contradicts itself. The running machine is"
          + " untouched.",
      "The problem names the line, field or rule."),
  INVALID_RECORDING(
      HttpStatus.UNPROCESSABLE_CONTENT,
      "The recording cannot be run",
      "It is truncated, malformed or contradicts itself. The running machine is untouched.",
      "The problem names the line, field or rule."),
  INVALID_MACHINE(
      HttpStatus.UNPROCESSABLE_CONTENT,
      "The machine cannot be booted",
      "The description, or the text of a host's files, is incomplete or contradicts itself. The"
          + " members field and line name the place. The running machine is untouched.",
      "GET /machine/presets/{name} shows complete descriptions."),
  NO_REPORT_FOUND(
      HttpStatus.UNPROCESSABLE_CONTENT,
      "The text has no kernel memory report",
      "Neither a page allocation failure, nor an OOM report, nor /proc texts were found in it.",
      "Send the whole text from the kernel log, from the line that names the failure on."),
  INTERNAL(
      HttpStatus.INTERNAL_SERVER_ERROR,
      "The service has an error",
      "This is a mistake of the service, not of the request. The member incident is written in its"
          + " log beside the cause.",
      "Report the incident with the request that led to it."),
  OVERLOADED(
      HttpStatus.SERVICE_UNAVAILABLE,
      "The service has too much to do",
      "A bounded queue is full. Nothing was changed.",
      "Try again after the time in Retry-After."),
  FRAME_TABLE_EXHAUSTED(
      HttpStatus.SERVICE_UNAVAILABLE,
      "The memory for frame tables is used up",
      "All machines, forks and replays of this service share one budget (40 % of the heap by"
          + " default). The request was refused before it changed anything.",
      "Boot a smaller machine, or start the service with a larger heap.");

  private static final String BASE = "/problems/";

  private final HttpStatus status;
  private final String title;
  private final String meaning;
  private final String remedy;

  ProblemType(HttpStatus status, String title, String meaning, String remedy) {
    this.status = status;
    this.title = title;
    this.meaning = meaning;
    this.remedy = remedy;
  }

  /** The last part of the type's path: {@code page-allocation-failure}. */
  public String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The relative type. */
  public URI uri() {
    return URI.create(BASE + slug());
  }

  public HttpStatus status() {
    return status;
  }

  /** What is wrong, the same for every problem of this type. */
  public String title() {
    return title;
  }

  /** What it means, in a few sentences. */
  public String meaning() {
    return meaning;
  }

  /** What to do about it. */
  public String remedy() {
    return remedy;
  }

  /** The type of a slug. */
  public static Optional<ProblemType> ofSlug(String slug) {
    return Arrays.stream(values()).filter(type -> type.slug().equals(slug)).findFirst();
  }

  /** The type for a status that came without one. */
  static ProblemType ofStatus(int status) {
    return switch (status) {
      case 403 -> CROSS_SITE;
      case 404 -> NOT_FOUND;
      case 405, 501 -> METHOD_NOT_ALLOWED;
      case 406 -> NOT_ACCEPTABLE;
      case 408 -> REQUEST_TIMEOUT;
      case 412 -> STALE_STATE;
      case 413, 414, 431 -> TOO_LARGE;
      case 415 -> UNSUPPORTED_MEDIA_TYPE;
      case 503 -> OVERLOADED;
      case 505 -> INVALID_REQUEST;
      default -> status >= 400 && status < 500 ? INVALID_REQUEST : INTERNAL;
    };
  }

  /** All types in the order of this list. */
  public static List<ProblemType> all() {
    return List.of(values());
  }
}
