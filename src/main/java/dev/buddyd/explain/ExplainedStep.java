package dev.buddyd.explain;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One step of a request in words.
 *
 * @param rule id of the rule that decided, such as {@code Z-41}; empty where steps are left out
 * @param step name of the step, in snake case
 * @param sentence for people
 * @param node the zone's node, or null where the step is not about a zone
 * @param zone the zone's name, or null
 * @param values for programs
 */
public record ExplainedStep(
    String rule,
    String step,
    String sentence,
    @Nullable Integer node,
    @Nullable String zone,
    Map<String, Object> values) {}
