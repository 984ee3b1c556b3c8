package dev.buddyd.mm.gfp;

import org.jspecify.annotations.Nullable;

/** The three migratetypes that a request can have, by number (G-30). */
public enum RequestMigratetype {
  UNMOVABLE("The pages stay where they are: they come from unmovable pageblocks."),
  MOVABLE("The pages can be moved: they come from movable pageblocks, or from CMA areas."),
  RECLAIMABLE("The pages can be given back on demand: they come from reclaimable pageblocks.");

  private final String sentence;

  RequestMigratetype(String sentence) {
    this.sentence = sentence;
  }

  /** The type of a 6.12 mask, null if it asks for two types at once (G-30). */
  public static @Nullable RequestMigratetype of(int gfp) {
    int number = Gfp.migratetype(gfp);
    return number < values().length ? values()[number] : null;
  }

  /** What the type means, for people. */
  public String sentence() {
    return sentence;
  }
}
