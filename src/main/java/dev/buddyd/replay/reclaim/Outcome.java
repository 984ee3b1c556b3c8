package dev.buddyd.replay.reclaim;

/**
 * What came of a test, recorded or simulated.
 *
 * @param granted requests that got their block
 * @param stalls {@code allocstall} over all zones
 * @param compactStalls {@code compact_stall}
 * @param oomKills processes killed
 * @param endless whether a request would have gone on for ever
 * @param kswapdScanned pages that kswapd looked at, until all had settled
 * @param kswapdStolen pages that kswapd reclaimed, until all had settled
 * @param balanced whether a zone is above high, boost included, and reserve when all has settled
 */
record Outcome(
    int granted,
    long stalls,
    long compactStalls,
    long oomKills,
    boolean endless,
    long kswapdScanned,
    long kswapdStolen,
    boolean balanced) {}
