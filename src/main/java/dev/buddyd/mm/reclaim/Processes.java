package dev.buddyd.mm.reclaim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The processes that hold memory, by owner number, as the OOM killer sees them. An owner is
 * a process once it held anonymous memory or was declared; one that only holds kernel memory is
 * like a kernel thread. Under the lock of {@link MemoryReclaim}.
 */
final class Processes {

  /** {@code oom_score_adj} of a process that must not be killed. */
  static final int UNKILLABLE = -1000;

  private int[] adj = new int[16];
  private boolean[] process = new boolean[16];
  private boolean[] reaped = new boolean[16];
  private long[] anonPages = new long[16];
  private long[] swapPages = new long[16];
  private boolean any;

  void copy(Processes origin) {
    adj = origin.adj.clone();
    process = origin.process.clone();
    reaped = origin.reaped.clone();
    anonPages = origin.anonPages.clone();
    swapPages = origin.swapPages.clone();
    any = origin.any;
  }

  /** Sets the state of a process outright, but for its pages in memory: restore. */
  void load(int owner, int oomScoreAdj, boolean dead, long inSwap) {
    declare(owner, oomScoreAdj);
    reaped[owner] = dead;
    swapPages[owner] = inSwap;
  }

  private void reach(int owner) {
    if (owner >= adj.length) {
      int size = Math.max(owner + 1, adj.length * 2);
      adj = Arrays.copyOf(adj, size);
      process = Arrays.copyOf(process, size);
      reaped = Arrays.copyOf(reaped, size);
      anonPages = Arrays.copyOf(anonPages, size);
      swapPages = Arrays.copyOf(swapPages, size);
    }
  }

  /** An owner is a process, with this {@code oom_score_adj}. */
  void declare(int owner, int oomScoreAdj) {
    reach(owner);
    adj[owner] = oomScoreAdj;
    process[owner] = true;
    any = true;
  }

  void anonAdded(int owner, long pages) {
    reach(owner);
    anonPages[owner] += pages;
    process[owner] = true;
    reaped[owner] = false; // the name is used by a new process
    any = true;
  }

  void anonRemoved(int owner, long pages) {
    anonPages[owner] -= pages;
  }

  void swappedOut(int owner, long pages) {
    anonPages[owner] -= pages;
    swapPages[owner] += pages;
  }

  void swapReleased(int owner, long pages) {
    swapPages[owner] -= pages;
  }

  void killed(int owner) {
    reaped[owner] = true;
    swapPages[owner] = 0;
  }

  /** Whether this machine ever had a process. */
  boolean any() {
    return any;
  }

  /** One past the largest owner number. */
  int bound() {
    return process.length;
  }

  /** whether the killer may take it. */
  boolean killable(int owner) {
    return owner > 0
        && owner < process.length
        && process[owner]
        && !reaped[owner]
        && adj[owner] != UNKILLABLE;
  }

  /** All that the killer may look at, in list order. */
  List<OomKill.Candidate> all() {
    List<OomKill.Candidate> all = new ArrayList<>();
    for (int owner = 1; owner < bound(); owner++) {
      if (process[owner] && !reaped[owner]) {
        all.add(new OomKill.Candidate(owner, rss(owner), swap(owner), adj(owner)));
      }
    }
    return all;
  }

  /** Whether the killer took it, and nobody has used the name since. */
  boolean isReaped(int owner) {
    return owner < reaped.length && reaped[owner];
  }

  boolean isProcess(int owner) {
    return owner < process.length && process[owner];
  }

  int adj(int owner) {
    return owner < adj.length ? adj[owner] : 0;
  }

  /** Anonymous pages in memory. */
  long rss(int owner) {
    return owner < anonPages.length ? anonPages[owner] : 0;
  }

  /** Pages in swap. */
  long swap(int owner) {
    return owner < swapPages.length ? swapPages[owner] : 0;
  }

  /** R-52, in pages; may be negative. */
  long badness(int owner, long totalPages) {
    return badness(rss(owner), swap(owner), 0, adj(owner), totalPages);
  }

  /**
   *
   *
   * @param pageTableBytes bytes of page tables
   * @param totalPages all RAM and swap
   */
  static long badness(long rss, long swap, long pageTableBytes, int adj, long totalPages) {
    return rss + swap + pageTableBytes / 4096 + adj * (totalPages / 1000);
  }
}
