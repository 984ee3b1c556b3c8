package dev.buddyd.mm.alloc;

/** What the kernel would do where this machine refuses a request (F-41, F-47). */
public enum KernelWould {
  /** Return no page to the caller. */
  FAIL,
  /** Retry for ever. */
  LOOP,
  /** Kill a process and retry. */
  OOM_KILL,
  /** Panic: nobody can be killed. */
  PANIC;

  /** The negative number that stands for this refusal where a pfn is returned. */
  public long code() {
    return -1L - ordinal();
  }

  /** The refusal that a negative result stands for. */
  public static KernelWould of(long code) {
    return values()[(int) (-1L - code)];
  }

  /** The name in the HTTP interface. */
  public String apiName() {
    return switch (this) {
      case FAIL -> "fail";
      case LOOP -> "loop";
      case OOM_KILL -> "oom_kill";
      case PANIC -> "panic";
    };
  }
}
