package dev.buddyd.mm.trace;

/** Why the OOM killer is not called for a request that found no page (F-47, R-50). */
public enum NoKill {
  COSTLY,
  RETRY_MAYFAIL,
  THIS_NODE,
  LOW_ZONE,
  NO_FS
}
