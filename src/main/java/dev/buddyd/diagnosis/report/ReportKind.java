package dev.buddyd.diagnosis.report;

/** What kind of event a report tells of. */
public enum ReportKind {
  /** "page allocation failure" (F-70) or "vmalloc error". */
  ALLOC_FAILURE("alloc-failure"),
  /** The system-wide OOM killer ran (F-80). */
  OOM("oom"),
  /** The OOM killer ran because a memory cgroup reached its limit (F-80.2). */
  MEMCG_OOM("oom"),
  /** The memory was shown by hand (SysRq-m): the same block, and no request. */
  SHOW_MEMORY("show-memory");

  private final String id;

  ReportKind(String id) {
    this.id = id;
  }

  /** The name in answers. */
  public String id() {
    return id;
  }

  /** Whether the OOM killer ran. */
  public boolean isOom() {
    return this == OOM || this == MEMCG_OOM;
  }
}
