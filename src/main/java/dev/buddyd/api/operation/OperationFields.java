package dev.buddyd.api.operation;

import dev.buddyd.api.page.PageRequests;
import dev.buddyd.api.problem.JsonProblems;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.config.Limits;
import dev.buddyd.machine.MachineSession;
import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.machine.PageUse;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.gfp.GfpMask;

/**
 * What the fields of an operation mean: masks, calls, uses and owners are understood once and then
 * found by their bytes.
 */
final class OperationFields {

  private static final Call[] CALLS = Call.values();
  private static final PageUse[] USES = PageUse.values();
  private static final Field[] FIELDS = Field.values();

  private final SimulatedMachine machine;
  private final PageRequests requests;
  private final Limits limits;
  private final int defaultCpu;
  private final NameCache masks = new NameCache(text -> GfpMask.parse(text).bits());
  private final NameCache calls = new NameCache(name -> PageRequests.call(name).ordinal());
  private final NameCache uses = new NameCache(name -> PageRequests.use(name).ordinal());
  private final NameCache owners = new NameCache(this::ownerNumber);

  private ParsedLine op = new ParsedLine();
  private OperationKind kind = OperationKind.ALLOC;

  /**
   * @param defaultCpu CPU of operations that name none, or {@link MachineSession#ANY}
   */
  OperationFields(SimulatedMachine machine, PageRequests requests, Limits limits, int defaultCpu) {
    this.machine = machine;
    this.requests = requests;
    this.limits = limits;
    this.defaultCpu = defaultCpu;
  }

  private int ownerNumber(String name) {
    requests.checkOwner(name);
    return machine.owner(name);
  }

  /**
   * The next operation.
   *
   * @throws ProblemException if it has a field that its kind does not take
   */
  void begin(OperationKind kind, ParsedLine op) {
    this.kind = kind;
    this.op = op;
    int foreign = kind.foreign(op.present());
    if (foreign != 0) {
      String name = FIELDS[Integer.numberOfTrailingZeros(foreign)].jsonName();
      throw JsonProblems.unknown("field", name, name, kind.fieldNames())
          .with("op", kind.jsonName());
    }
  }

  int mask() {
    if (!op.has(Field.GFP)) {
      throw PageRequests.missingGfp();
    }
    return meaning(masks, Field.GFP);
  }

  /** The call, which says how much is wanted in its way: by order or by bytes. */
  Call call() {
    Call named = op.has(Field.CALL) ? CALLS[meaning(calls, Field.CALL)] : Call.ALLOC_PAGES;
    Call call = kind == OperationKind.ALLOC_EXACT ? Call.ALLOC_PAGES_EXACT : named;
    PageRequests.checkSize(call, op.has(Field.SIZE_BYTES), op.has(Field.ORDER));
    return call;
  }

  PageUse use() {
    return op.has(Field.USE) ? USES[meaning(uses, Field.USE)] : PageUse.KERNEL;
  }

  boolean dirty(PageUse use, Call call) {
    boolean dirty = flag(Field.DIRTY);
    PageRequests.checkDirty(dirty, use, call);
    return dirty;
  }

  /** Number of the owner; 0 if none is named. */
  int owner() {
    return op.has(Field.OWNER) ? meaning(owners, Field.OWNER) : 0;
  }

  int cpu() {
    return op.given(Field.CPU, defaultCpu);
  }

  boolean flag(Field field) {
    return op.has(field) && op.number(field) == 1;
  }

  /** How many pages a bulk request asks for. */
  int bulkPages() {
    if (!op.has(Field.COUNT)) {
      throw ProblemException.invalid("count", kind.jsonName() + " needs count");
    }
    int count = count();
    int most = limits.bulkPages();
    if (count > most) {
      throw ProblemException.tooLarge(
              "buddyd.limits.bulk-pages",
              most,
              "a bulk request asks for at most %d pages, not %d".formatted(most, count))
          .with("field", "count");
    }
    return count;
  }

  /** How often time passes; once if it does not say. */
  int ticks() {
    int count = op.has(Field.COUNT) ? count() : 1;
    int most = limits.ticks();
    if (count > most) {
      throw ProblemException.tooLarge(
              "buddyd.limits.ticks", most, "%d ticks are more than %d".formatted(count, most))
          .with("field", "count");
    }
    return count;
  }

  private int count() {
    long count = op.number(Field.COUNT);
    if (count < 1) {
      throw ProblemException.invalid("count", "count must be at least 1, not " + count);
    }
    return (int) count;
  }

  private int meaning(NameCache names, Field field) {
    return names.of(op.text(), op.from(field), op.to(field));
  }
}
