package dev.buddyd.diagnosis.report;

/** What kind of event a report tells of. */
public enum ReportKind {
  /** "page allocation failure" (F-70) or "vmalloc error". */
  ALLOC_FAILURE,
  /** The system-wide OOM killer ran (F-80). */
  OOM,
  /** The OOM killer ran because a memory cgroup reached its limit (F-80.2). */
  MEMCG_OOM
}
