package dev.buddyd.replay;

import java.io.IOException;

/** What a replay does: recordings, questions and tables each in their way. */
interface Run extends AutoCloseable {

  /**
   * Does it.
   *
   * @param answer takes the completed text
   */
  ReplayResult run(Spool answer) throws IOException;

  /** Gives back what was made before it began. */
  @Override
  default void close() {}
}
