package dev.buddyd.api.reclaim;

import dev.buddyd.api.http.Paging;
import dev.buddyd.api.http.StateTag;
import dev.buddyd.api.page.PageRequests;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.config.Limits;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.PressureDesk;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.gfp.GfpMask;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /owners}. */
@RestController
@Tag(name = "Reclaim")
class OwnersController {

  private static final int UNKILLABLE = -1000;
  private static final int MOST_KILLABLE = 1000;

  private final MachineService machines;
  private final PageRequests requests;
  private final Limits limits;

  OwnersController(MachineService machines, PageRequests requests, Limits limits) {
    this.machines = machines;
    this.requests = requests;
    this.limits = limits;
  }

  /**
   * What the OOM killer is to think of an owner.
   *
   * @param oomScoreAdj -1000 to 1000, 0 if absent
   * @param unkillable whether it is never killed, as with -1000
   */
  record OwnerSettings(@Nullable Integer oomScoreAdj, @Nullable Boolean unkillable) {}

  /**
   * The request for which the OOM killer took an owner.
   *
   * @param timeUs virtual time of the kill, in microseconds since boot
   * @param owner who asked for memory, or null if nobody said
   * @param gfp mask of the request
   * @param order its order
   */
  record KilledForBody(long timeUs, @Nullable String owner, String gfp, int order) {

    static @Nullable KilledForBody of(PressureDesk.@Nullable KilledFor kill) {
      return kill == null
          ? null
          : new KilledForBody(
              kill.timeMicros(), kill.owner(), new GfpMask(kill.gfp()).printReport(), kill.order());
    }
  }

  /**
   * An owner: the process on whose behalf pages are held.
   *
   * @param name as requests name it
   * @param process whether the OOM killer knows it: it was put here, or has asked for anonymous
   *     memory; others are like kernel threads
   * @param oomScoreAdj -1000 to 1000
   * @param unkillable whether the OOM killer leaves it alone
   * @param killed whether the OOM killer took it, and nobody has used the name since
   * @param killedFor the request for which it was killed; null if it was not, or a snapshot of old
   *     did not say
   * @param oomScore as {@code /proc/PID/oom_score} has it; 0 if it cannot be killed
   * @param rssPages anonymous pages in memory
   * @param swapPages pages in swap
   */
  record OwnerBody(
      String name,
      boolean process,
      int oomScoreAdj,
      boolean unkillable,
      boolean killed,
      @Nullable KilledForBody killedFor,
      long oomScore,
      long rssPages,
      long swapPages) {

    static OwnerBody of(PressureDesk.Owner owner) {
      var p = owner.process();
      return new OwnerBody(
          owner.name(),
          p.known(),
          p.oomScoreAdj(),
          p.oomScoreAdj() == UNKILLABLE,
          p.killed(),
          KilledForBody.of(owner.killedFor()),
          p.oomScore(),
          p.rssPages(),
          p.swapPages());
    }
  }

  /**
   * A page of the listing.
   *
   * @param owners in the order in which they were first heard of
   * @param next path of the next page, or null at the end
   */
  record OwnerList(List<OwnerBody> owners, @Nullable String next) {}

  /**
   * All owners.
   *
   * @param cursor as {@code next} has it
   * @param limit owners of one page
   */
  @GetMapping(path = "/owners", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<OwnerList> listOwners(
      @RequestParam(required = false) @Nullable Long cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    SimulatedMachine machine = machines.current();
    Paging paging = Paging.of(limits, limit);
    String tag = StateTag.of(machine).toString();
    List<PressureDesk.Owner> found =
        new PressureDesk(machine, false).owners(cursor == null ? 1 : cursor, paging.limit() + 1);
    return ResponseEntity.ok()
        .eTag(tag)
        .body(
            new OwnerList(
                paging.items(found).stream().map(OwnerBody::of).toList(),
                paging.next(found, PressureDesk.Owner::number)));
  }

  /**
   * One owner.
   *
   * @param name as requests name it
   */
  @GetMapping(path = "/owners/{name}", produces = MediaType.APPLICATION_JSON_VALUE)
  OwnerBody getOwner(@PathVariable String name) {
    return OwnerBody.of(new PressureDesk(machines.current(), false).owner(name));
  }

  /**
   * Makes an owner a process, and says what the OOM killer is to think of it.
   *
   * @param name as requests name it
   * @param ifMatch writes only if the machine is in the state with this {@code ETag}; calls without
   *     the header may come in between
   */
  @PutMapping(
      path = "/owners/{name}",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  OwnerBody putOwner(
      @PathVariable String name,
      @RequestBody OwnerSettings body,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    requests.checkOwner(name);
    boolean unkillable = Boolean.TRUE.equals(body.unkillable());
    Integer given = body.oomScoreAdj();
    if (given != null && (given < UNKILLABLE || given > MOST_KILLABLE)) {
      throw ProblemException.invalid(
          "oom_score_adj", "oom_score_adj is -1000 to 1000, not " + given);
    }
    if (given != null && body.unkillable() != null && unkillable != (given == UNKILLABLE)) {
      throw ProblemException.invalid(
          "unkillable", "unkillable means oom_score_adj -1000, not " + given);
    }
    int adj = given != null ? given : unkillable ? UNKILLABLE : 0;
    return StateTag.change(
        machines,
        ifMatch,
        machine -> OwnerBody.of(new PressureDesk(machine, false).declare(name, adj)));
  }
}
