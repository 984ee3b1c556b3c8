package dev.buddyd.explain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What would have worked instead of a refused request.
 *
 * @param nearMisses changes that succeed, smallest first
 * @param tried how many changes were tried
 * @param truncated whether time ran out before all were tried
 * @param largestOrder largest order that would be granted with the same mask, or null for none
 */
public record NearMissReport(
    List<NearMiss> nearMisses, int tried, boolean truncated, @Nullable Integer largestOrder) {}
