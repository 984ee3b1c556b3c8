package dev.buddyd.diagnosis.rules;

import com.fasterxml.jackson.annotation.JsonValue;

/** One term of the test that is left out, to see whether the request would pass without it. */
public enum Waiver {
  /** Nothing is left out. */
  NONE("none"),
  /** CMA pages and blocks count. */
  CMA("cma"),
  /** HIGHATOMIC pages and blocks count. */
  HIGHATOMIC("ha"),
  /** No lowmem reserve. */
  RESERVE("reserve"),
  /** The marks are not boosted. */
  BOOST("boost"),
  /** The min mark is 0. */
  MIN("min");

  private final String id;

  Waiver(String id) {
    this.id = id;
  }

  /** The name in answers. */
  @JsonValue
  public String id() {
    return id;
  }
}
