package dev.buddyd.mm.reclaim;

import java.util.List;

/**
 * The OOM killer has chosen, and takes the victim's memory next.
 *
 * @param gfp mask of the request that found no memory
 * @param order its order
 * @param cpu simulated CPU that asked
 * @param asking owner number of who asked; 0 if nobody said
 * @param victim owner number of the process that is killed
 * @param allocatingTask whether it dies because it asked ({@code oom_kill_allocating_task})
 * @param processes all that could have been killed, in list order
 */
public record OomKill(
    int gfp,
    int order,
    int cpu,
    int asking,
    int victim,
    boolean allocatingTask,
    List<Candidate> processes) {

  /**
   * A process as the killer saw it.
   *
   * @param owner its owner number
   * @param rssPages anonymous pages in memory
   * @param swapPages pages in swap
   * @param oomScoreAdj -1000 to 1000
   */
  public record Candidate(int owner, long rssPages, long swapPages, int oomScoreAdj) {}

  public OomKill {
    processes = List.copyOf(processes);
  }
}
