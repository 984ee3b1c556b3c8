package dev.buddyd.diagnosis.verdict;

import com.fasterxml.jackson.annotation.JsonValue;

/** How much of a verdict rests on the report's own numbers. */
public enum Confidence {
  /** The numbers decide. */
  HIGH("high"),
  /** One input is inferred or missing. */
  MEDIUM("medium"),
  /** The numbers do not show it. */
  LOW("low");

  private final String id;

  Confidence(String id) {
    this.id = id;
  }

  /** The name in answers. */
  @JsonValue
  public String id() {
    return id;
  }
}
