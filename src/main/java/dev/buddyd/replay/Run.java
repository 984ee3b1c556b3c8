package dev.buddyd.replay;

import java.io.IOException;

/** What a replay does: recordings, questions and tables each in their way. */
interface Run {

  /**
   * Does it.
   *
   * @param answer takes the completed text
   */
  ReplayResult run(Spool answer) throws IOException;
}
