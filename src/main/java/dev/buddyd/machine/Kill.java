package dev.buddyd.machine;

/**
 * When the OOM killer took an owner, and for which request.
 *
 * @param timeMicros virtual time, in microseconds since boot
 * @param asking owner number of who asked for memory; 0 if nobody said
 * @param gfp mask of the request
 * @param order its order
 */
public record Kill(long timeMicros, int asking, int gfp, int order) {}
