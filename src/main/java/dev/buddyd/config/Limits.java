package dev.buddyd.config;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What clients may ask for, all under {@code buddyd.limits.}. A problem that is about a limit names
 * it in its members {@code limit} and {@code limit_name}.
 *
 * @param jsonBody largest body of a call that takes JSON or a short text, inflated
 * @param diagnosisBody largest body of {@code POST /diagnoses}, inflated
 * @param uploadBody largest replay or snapshot as sent, compressed or not
 * @param uploadInflated the same, inflated
 * @param frameTablesPercent share of the maximum heap that all frame tables together may take
 * @param nodes most nodes of a machine
 * @param cpus most CPUs of a machine
 * @param ranges most memory ranges of a machine
 * @param ownerCharacters longest name of an owner
 * @param owners most distinct owners of a machine
 * @param goneAllocations allocations remembered whose pages were dropped, or killed with their
 *     process, until their holders give them back; beyond it the oldest quarter is forgotten
 * @param ticks most ticks of one {@code POST /ticks}
 * @param warmUpKb most memory that a description's warm-up may ask for, in KiB
 * @param pageSize entries of one page of a listing unless {@code limit} says otherwise
 * @param pageSizeMax most entries of one page of a listing
 * @param idempotencyKeys answers that are remembered for {@code Idempotency-Key}
 * @param idempotencyAnswers about how much memory those answers may take
 * @param operationLine longest line of {@code POST /operations}
 * @param operationIds most pages and blocks with an id at a time within one {@code POST
 *     /operations}
 * @param operationIdBytes longest id, in bytes of UTF-8
 * @param operationStreams {@code POST /operations} at the same time
 * @param bulkPages most pages of one bulk request
 * @param replaysRunning replays that run at the same time
 * @param replaysQueued replays that wait
 * @param replaysKept finished replays that are kept
 * @param replayKeptFor how long a finished replay is kept
 * @param streams event streams at the same time
 * @param heartbeat pause after which a silent event stream sends a comment
 * @param connections most connections at a time; fewer where a quarter of the heap has no room for
 *     their buffers
 * @param idle how long a connection may be silent where the service waits for it: for headers, for
 *     the rest of a body, for output to be read, or for the next request
 * @param nearMissVariants variants tried for the near misses of one refusal
 * @param nearMissTime time spent on the near misses of one refusal
 * @param nearMissRequests requests that look for near misses at the same time
 * @param diagnosisCpu CPU time for reading and judging one text of {@code POST /diagnoses}
 */
public record Limits(
    @DefaultValue("1MB") DataSize jsonBody,
    @DefaultValue("8MB") DataSize diagnosisBody,
    @DefaultValue("64MB") DataSize uploadBody,
    @DefaultValue("1GB") DataSize uploadInflated,
    @DefaultValue("40") @Min(1) @Max(90) int frameTablesPercent,
    @DefaultValue("64") @Min(1) @Max(1024) int nodes,
    @DefaultValue("512") @Min(1) @Max(8192) int cpus,
    @DefaultValue("4096") @Min(1) @Max(65536) int ranges,
    @DefaultValue("128") @Min(1) int ownerCharacters,
    @DefaultValue("65536") @Min(1) int owners,
    @DefaultValue("65536") @Min(4) int goneAllocations,
    @DefaultValue("3600") @Min(1) int ticks,
    @DefaultValue("67108864") @Min(0) long warmUpKb,
    @DefaultValue("100") @Min(1) int pageSize,
    @DefaultValue("1000") @Min(1) int pageSizeMax,
    @DefaultValue("10000") @Min(1) int idempotencyKeys,
    @DefaultValue("16MB") DataSize idempotencyAnswers,
    @DefaultValue("64KB") DataSize operationLine,
    @DefaultValue("1000000") @Min(1) int operationIds,
    @DefaultValue("128") @Min(1) int operationIdBytes,
    @DefaultValue("64") @Min(1) int operationStreams,
    @DefaultValue("65536") @Min(1) int bulkPages,
    @DefaultValue("2") @Min(1) int replaysRunning,
    @DefaultValue("8") @Min(0) int replaysQueued,
    @DefaultValue("16") @Min(1) int replaysKept,
    @DefaultValue("15m") Duration replayKeptFor,
    @DefaultValue("64") @Min(1) int streams,
    @DefaultValue("15s") Duration heartbeat,
    @DefaultValue("10240") @Min(1) int connections,
    @DefaultValue("20s") Duration idle,
    @DefaultValue("32") @Min(0) int nearMissVariants,
    @DefaultValue("250ms") Duration nearMissTime,
    @DefaultValue("2") @Min(1) int nearMissRequests,
    @DefaultValue("5s") Duration diagnosisCpu) {}
