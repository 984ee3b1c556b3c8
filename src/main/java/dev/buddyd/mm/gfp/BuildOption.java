package dev.buddyd.mm.gfp;

import java.util.Set;

/** Ways to build a kernel that add flags or give bits another meaning (G-2, G-54). */
public enum BuildOption {
  /** Hardware-tag KASAN, on arm64: the {@code __GFP_SKIP_*} flags. */
  TAG_KASAN,
  /** Lock dependency checking: {@code __GFP_NOLOCKDEP}. */
  LOCKDEP,
  /**
   * Slab object extensions, for memory cgroups or allocation profiling: {@code __GFP_NO_OBJ_EXT}.
   */
  OBJ_EXT,
  /** Red Hat's 3.10, where {@code __GFP_ACCOUNT} was carried back. */
  RHEL7;

  /** What the kernels of distributions for x86_64 are built with (G-2). */
  public static final Set<BuildOption> DISTRIBUTION = Set.of(OBJ_EXT);
}
