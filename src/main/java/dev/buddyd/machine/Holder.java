package dev.buddyd.machine;

/**
 * The record of an allocation.
 *
 * @param slot of the record: the tag of its frames
 * @param sequence of its allocation
 * @param pfn first frame
 * @param pages frames it covers
 * @param owner index of its owner
 * @param cpu simulated CPU that asked
 */
public record Holder(int slot, long sequence, long pfn, int pages, int owner, int cpu) {}
