package dev.buddyd.diagnosis.verdict;

/**
 * One change that was tried on the same request and the same memory.
 *
 * @param change what was changed, e.g. {@code vm.min_free_kbytes=33792} or {@code order=3}
 * @param helps whether the request would have passed in that instant
 * @param sentence what it does, for people
 */
public record Remedy(String change, boolean helps, String sentence) {}
