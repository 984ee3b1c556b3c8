package dev.buddyd.mm.reclaim;

/**
 * A process as the OOM killer sees it.
 *
 * @param known whether it is one
 * @param killed whether the OOM killer took it, and nobody has used the name since
 * @param rssPages anonymous pages in memory
 * @param oomScore as {@code /proc/PID/oom_score} has it
 */
public record ProcessState(
    boolean known,
    boolean killable,
    boolean killed,
    int oomScoreAdj,
    long rssPages,
    long swapPages,
    long oomScore) {}
