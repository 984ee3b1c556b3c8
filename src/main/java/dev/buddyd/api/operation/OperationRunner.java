package dev.buddyd.api.operation;

import static dev.buddyd.machine.MachineSession.ANY;

import dev.buddyd.api.page.PageRequests;
import dev.buddyd.api.page.Refusals;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import dev.buddyd.config.Limits;
import dev.buddyd.machine.AllocationOutcome.Refused;
import dev.buddyd.machine.HeldPages;
import dev.buddyd.machine.Housekeeping;
import dev.buddyd.machine.MachineException;
import dev.buddyd.machine.MachineException.Kind;
import dev.buddyd.machine.MachineSession;
import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.machine.PageUse;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.alloc.KernelWould;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Performs operations on a machine, one after the other, and answers them. */
final class OperationRunner {

  private static final long ANY_SEQUENCE = -1;
  private static final long NOTHING = -1;

  private static final byte[] PFN = Ascii.bytes(",\"pfn\":");
  private static final byte[] PFNS = Ascii.bytes(",\"pfns\":");
  private static final byte[] GOT = Ascii.bytes(",\"got\":");
  private static final byte[] PAGES = Ascii.bytes(",\"pages\":");
  private static final byte[] REFUSED = Ascii.bytes(",\"refused\":");
  private static final byte[] UNRESERVED = Ascii.bytes(",\"unreserved\":");
  private static final byte[] TIME = Ascii.bytes(",\"time_us\":");

  private final SimulatedMachine machine;
  private final MachineSession session;
  private final Housekeeping housekeeping;
  private final OperationFields fields;
  private final Results results;
  private final AnswerWriter answers;
  private final IdTable ids;
  private ParsedLine op = new ParsedLine();
  private OperationKind kind = OperationKind.ALLOC;
  private long line;

  /**
   * Begins with no ids.
   *
   * @param defaultCpu CPU of operations that name none, or {@link MachineSession#ANY}
   */
  OperationRunner(
      SimulatedMachine machine,
      PageRequests requests,
      Limits limits,
      Results results,
      int defaultCpu,
      AnswerWriter answers) {
    this.machine = machine;
    this.session = new MachineSession(machine, false);
    this.housekeeping = new Housekeeping(machine);
    this.fields = new OperationFields(machine, requests, limits, defaultCpu);
    this.results = results;
    this.answers = answers;
    this.ids = new IdTable(limits, machine.memory().budget());
  }

  int liveIds() {
    return ids.size();
  }

  /** Forgets the ids; their blocks stay allocated. */
  void close() {
    ids.close();
  }

  /**
   * Performs one operation and answers it.
   *
   * @return whether it was done; if not, the machine refused it
   * @throws ProblemException if it cannot be understood; nothing was done
   * @throws MachineException if the machine cannot do such a thing; nothing was done
   */
  boolean perform(long line, OperationKind kind, ParsedLine op) throws IOException {
    this.line = line;
    this.kind = kind;
    this.op = op;
    fields.begin(kind, op);
    return switch (kind) {
      case ALLOC, ALLOC_EXACT -> allocate();
      case ALLOC_BULK -> allocateBulk();
      case FREE, FREE_EXACT -> free();
      case SPLIT -> split();
      case DRAIN -> {
        housekeeping.drain(fields.cpu());
        yield done();
      }
      case VMSTAT_TICK -> vmstatTick();
      case UNRESERVE_HIGHATOMIC -> unreserve();
      case TICK -> tick();
    };
  }

  // ---- allocate

  private boolean allocate() throws IOException {
    int mask = fields.mask();
    Call call = fields.call();
    boolean exact = call == Call.ALLOC_PAGES_EXACT;
    long amount = exact ? op.number(Field.SIZE_BYTES) : op.given(Field.ORDER, 0);
    PageUse use = fields.use();
    boolean dirty = fields.dirty(use, call);
    int entry = entryToFill(1);
    long pfn =
        session.allocate(
            call, mask, amount, op.given(Field.NODE), fields.cpu(), fields.owner(), use, dirty);
    keep(entry, pfn);
    return pfn < 0 ? refused(pfn) : done(PFN, pfn);
  }

  private boolean allocateBulk() throws IOException {
    int mask = fields.mask();
    int count = fields.bulkPages();
    PageUse use = fields.use();
    boolean dirty = fields.dirty(use, Call.ALLOC_PAGES);
    int entry = entryToFill(count);
    long[] pfns = new long[count];
    long got =
        session.allocateBulk(
            mask, pfns, op.given(Field.NODE), fields.cpu(), fields.owner(), use, dirty);
    if (got <= 0) {
      keep(entry, got);
      return refused(got);
    }
    keepPages(keep(entry, pfns[0]), pfns, (int) got);
    if (results == Results.ALL) {
      answers.begin(line, kind, op);
      answers.member(GOT, got);
      answers.member(PFNS, pfns, (int) got);
      answers.end();
    }
    return true;
  }

  /** No id, or an id that is not known yet. */
  private static final int NO_ID = -2;

  private static final int NEW_ID = -1;

  /** The entry that the operation's id may take: that of a refused request is free again. */
  private int entryToFill(int pages) {
    if (!op.has(Field.ID)) {
      return NO_ID;
    }
    int entry = ids.find(op.text(), op.from(Field.ID), op.to(Field.ID));
    if (entry >= 0 && ids.pfn(entry) >= 0) {
      throw ProblemException.invalid(
              "id", "the id '%.100s' holds pfn %#x already".formatted(id(), ids.pfn(entry)))
          .with("pfn", ids.pfn(entry));
    }
    if (entry >= 0) {
      ids.remove(entry);
    }
    ids.admit(pages, op.text(), op.from(Field.ID), op.to(Field.ID));
    return NEW_ID;
  }

  private int keep(int entry, long pfn) {
    return entry == NO_ID
        ? NO_ID
        : ids.add(op.text(), op.from(Field.ID), op.to(Field.ID), pfn, session.sequence());
  }

  /** An id stands for pages that are allocations of their own. */
  private void keepPages(int entry, long[] pfns, int count) {
    if (entry == NO_ID) {
      return;
    }
    long[] sequences = new long[count];
    for (int i = 0; i < count; i++) {
      sequences[i] = session.sequence(i);
    }
    ids.setPages(entry, Arrays.copyOf(pfns, count), sequences);
  }

  private boolean refused(long code) throws IOException {
    if (results != Results.NONE) {
      Refused refused =
          new Refused(
              session.gfp(), session.order(), KernelWould.of(code), session.verdicts(), List.of());
      answers.begin(line, kind, op);
      answers.member(REFUSED, Refusals.members(machine, refused));
      answers.end();
    }
    return false;
  }

  // ---- free, split

  private boolean free() throws IOException {
    if (!byId()) {
      long pfn = op.number(Field.PFN);
      free(pfn, ANY_SEQUENCE);
      return done(PFN, pfn);
    }
    int entry = known();
    long pfn = ids.pfn(entry);
    if (pfn < 0) {
      ids.remove(entry);
      return done(PFN, NOTHING);
    }
    if (ids.isMany(entry)) {
      return freePages(entry);
    }
    try {
      free(pfn, ids.sequence(entry));
    } catch (MachineException e) {
      forgetIfGone(e, entry);
      throw e;
    }
    ids.remove(entry);
    return done(PFN, pfn);
  }

  /** Frees a block; one that was allocated under an id wherever its pages are now. */
  private void free(long pfn, long sequence) {
    try {
      freeHere(pfn, sequence);
    } catch (MachineException e) {
      if (sequence == ANY_SEQUENCE || !isNotThere(e)) {
        throw e;
      }
      new HeldPages(machine, false)
          .freeMoved(pfn, sequence, given(op.given(Field.ORDER)), given(fields.cpu()));
    }
  }

  private static @Nullable Integer given(int number) {
    return number == ANY ? null : number;
  }

  private void freeHere(long pfn, long sequence) {
    if (kind == OperationKind.FREE_EXACT) {
      long size = op.has(Field.SIZE_BYTES) ? Math.max(op.number(Field.SIZE_BYTES), ANY + 1) : ANY;
      session.freeExact(pfn, size, sequence, fields.cpu());
    } else {
      session.free(pfn, op.given(Field.ORDER), sequence, fields.cpu());
    }
  }

  /** Frees what is left of the pages of a bulk request or split block, in their order. */
  private boolean freePages(int entry) throws IOException {
    long[] pfns = ids.pfns(entry);
    long[] sequences = ids.sequences(entry);
    long freed = 0;
    MachineException failed = null;
    for (int i = 0; i < pfns.length; i++) {
      try {
        free(pfns[i], sequences[i]);
        freed++;
      } catch (MachineException e) {
        if (!isNotThere(e)) {
          throw e; // it is so for all of them
        }
        failed = failed == null ? e : failed;
      }
    }
    ids.remove(entry);
    if (freed == 0 && failed != null) {
      throw failed;
    }
    return done(pfns[0], freed);
  }

  private boolean split() throws IOException {
    return byId() ? splitById() : splitAt(op.number(Field.PFN));
  }

  private boolean splitAt(long pfn) throws IOException {
    return done(pfn, session.split(pfn, op.given(Field.ORDER), ANY_SEQUENCE));
  }

  private boolean splitById() throws IOException {
    int entry = known();
    long madeAt = ids.pfn(entry);
    if (madeAt < 0) {
      return done(PFN, NOTHING);
    }
    if (ids.isMany(entry)) {
      throw ProblemException.invalid(
          "id", "the id '%.100s' holds single pages already".formatted(id()));
    }
    ids.admit(
        1L << machine.memory().geometry().maxOrder(),
        op.text(),
        op.from(Field.ID),
        op.to(Field.ID));
    entry = known(); // the table may have grown
    long pfn = madeAt;
    int pages = 0;
    while (pages == 0) {
      try {
        pages = session.split(pfn, op.given(Field.ORDER), ids.sequence(entry));
      } catch (MachineException e) {
        if (!isNotThere(e)) {
          throw e;
        }
        pfn = movedTo(madeAt, entry);
      }
    }
    if (pages > 1) {
      long first = pfn;
      long[] pfns = new long[pages];
      Arrays.setAll(pfns, i -> first + i);
      keepPages(entry, pfns, pages);
    } else {
      ids.set(entry, pfn, session.sequence());
    }
    return done(pfn, pages);
  }

  private long movedTo(long pfn, int entry) {
    try {
      return new HeldPages(machine, false).movedTo(pfn, ids.sequence(entry));
    } catch (MachineException e) {
      forgetIfGone(e, entry);
      throw e;
    }
  }

  /** Whether the operation names its block by an id and not by a pfn. */
  private boolean byId() {
    boolean id = op.has(Field.ID);
    if (id == op.has(Field.PFN)) {
      throw ProblemException.invalid(
          id ? "pfn" : "id",
          "%s takes %s".formatted(kind.jsonName(), id ? "id or pfn, not both" : "an id or a pfn"));
    }
    return id;
  }

  private int known() {
    int entry = ids.find(op.text(), op.from(Field.ID), op.to(Field.ID));
    if (entry < 0) {
      throw new ProblemException(
              ProblemType.NOT_ALLOCATED,
              "nothing is allocated under the id '%.100s' in this request".formatted(id()))
          .with("field", "id");
    }
    return entry;
  }

  /** Whether a block is not there, or not any more. */
  private static boolean isNotThere(MachineException e) {
    return e.kind() == Kind.NOT_ALLOCATED
        || e.kind() == Kind.STALE_STATE
        || e.kind() == Kind.NO_SUCH_ALLOCATION;
  }

  private void forgetIfGone(MachineException e, int entry) {
    if (isNotThere(e)) {
      ids.remove(entry);
    }
  }

  private String id() {
    return String.valueOf(op.string(Field.ID));
  }

  // ---- work in the background

  private boolean vmstatTick() throws IOException {
    int cpu = fields.cpu();
    if (cpu == ANY) {
      for (int c = 0; c < machine.memory().cpus(); c++) {
        housekeeping.vmstatTick(c);
      }
    } else {
      housekeeping.vmstatTick(cpu);
    }
    return done();
  }

  private boolean unreserve() throws IOException {
    boolean moved =
        housekeeping.unreserveHighatomic(
            fields.mask(), op.given(Field.NODE), fields.flag(Field.FORCE), fields.cpu());
    if (results == Results.ALL) {
      answers.begin(line, kind, op);
      answers.member(UNRESERVED, (Object) moved);
      answers.end();
    }
    return true;
  }

  private boolean tick() throws IOException {
    housekeeping.tick(fields.ticks(), fields.cpu());
    return done(TIME, machine.timeMicros());
  }

  // ---- answers

  private boolean done() throws IOException {
    if (results == Results.ALL) {
      answers.begin(line, kind, op);
      answers.end();
    }
    return true;
  }

  private boolean done(byte[] member, long value) throws IOException {
    if (results == Results.ALL) {
      answers.begin(line, kind, op);
      answers.member(member, value);
      answers.end();
    }
    return true;
  }

  private boolean done(long pfn, long pages) throws IOException {
    if (results == Results.ALL) {
      answers.begin(line, kind, op);
      answers.member(PFN, pfn);
      answers.member(PAGES, pages);
      answers.end();
    }
    return true;
  }
}
