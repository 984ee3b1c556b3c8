package dev.buddyd.api.machine;

import dev.buddyd.api.problem.JsonProblems;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.config.Limits;
import dev.buddyd.config.Presets;
import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.WarmUp;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads the machine that a client wants to boot: a preset by name, or a description. */
@Component
public class DescriptionReader {

  private static final String UNNAMED = "custom";
  private static final String PREFIX = "buddyd.limits.";

  private final JsonMapper mapper;
  private final Presets presets;
  private final Limits limits;

  DescriptionReader(JsonMapper mapper, Presets presets, Limits limits) {
    this.mapper = mapper;
    this.presets = presets;
    this.limits = limits;
  }

  /** Whether a body that does not say so is JSON: no file of {@code /proc} begins like that. */
  static boolean looksLikeJson(byte[] body) {
    return new String(body, 0, Math.min(body.length, 256), StandardCharsets.UTF_8)
        .stripLeading()
        .startsWith("{");
  }

  /**
   * Parses a body as JSON.
   *
   * @throws ProblemException if it is none
   */
  public JsonNode parse(byte[] body) {
    try {
      return mapper.readTree(body);
    } catch (JacksonException e) {
      throw JsonProblems.of(e);
    }
  }

  /**
   * Reads a body of {@code PUT /machine}.
   *
   * @throws ProblemException if it is no description, or asks for more than the limits allow
   */
  public MachineDescription read(JsonNode body) {
    if (!(body instanceof ObjectNode object)) {
      throw ProblemException.invalid("body", "the body must be an object");
    }
    JsonNode preset = object.get("preset");
    if (preset != null) {
      if (object.size() > 1) {
        throw ProblemException.invalid(
            "preset", "a preset is booted as it is: leave the other fields out, or the preset");
      }
      if (!preset.isString()) {
        throw ProblemException.invalid("preset", "preset must be a string");
      }
      return presets.get(preset.stringValue());
    }
    JsonNode nested = object.get("description");
    if (nested != null && object.size() > 1) {
      throw ProblemException.invalid("description", "no other field goes with a description");
    }
    return describe(nested == null ? object : nested);
  }

  private MachineDescription describe(JsonNode json) {
    ObjectNode named = mapper.createObjectNode();
    named.put("name", UNNAMED);
    MachineDescription description;
    try {
      if (json instanceof ObjectNode object) {
        named.setAll(object);
        description = mapper.treeToValue(named, MachineDescription.class);
      } else {
        description = mapper.treeToValue(json, MachineDescription.class);
      }
    } catch (JacksonException e) {
      throw JsonProblems.of(e);
    }
    check(description);
    return description;
  }

  private void check(@Nullable MachineDescription description) {
    if (description == null || description.name() == null) {
      throw ProblemException.invalid("name", "name must be a string");
    }
    if (description.name().length() > limits.ownerCharacters()) {
      throw ProblemException.tooLarge(
          PREFIX + "owner-characters",
          limits.ownerCharacters(),
          "a machine's name has at most %d characters, not %d"
              .formatted(limits.ownerCharacters(), description.name().length()));
    }
    List<NodeDescription> nodes = description.nodes();
    if (nodes == null) {
      return; // refused at boot
    }
    check("nodes", nodes.size(), limits.nodes());
    check("cpus", nodes.stream().mapToLong(n -> size(n.cpus())).sum(), limits.cpus());
    check("ranges", nodes.stream().mapToLong(n -> size(n.ranges())).sum(), limits.ranges());
    check("ranges", size(description.reserved()), limits.ranges());
    check("ranges", size(description.cmaAreas()), limits.ranges());
    WarmUp warmUp = description.warmUp();
    if (warmUp != null) {
      check(
          "warm-up-kb",
          positive(warmUp.unmovableKb())
              + positive(warmUp.reclaimableKb())
              + positive(warmUp.movableKb()),
          limits.warmUpKb());
    }
  }

  /** Within 0 and a quarter of the largest number, so that four of them can be added. */
  private static long positive(long kb) {
    return Math.clamp(kb, 0, Long.MAX_VALUE / 4);
  }

  private static long size(@Nullable List<?> list) {
    return list == null ? 0 : list.size();
  }

  private static void check(String limitName, long count, long limit) {
    if (count > limit) {
      throw ProblemException.tooLarge(
          PREFIX + limitName,
          limit,
          "%d %s are more than the limit of %d".formatted(count, limitName, limit));
    }
  }
}
