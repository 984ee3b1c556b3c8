package dev.buddyd.replay;

import dev.buddyd.replay.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * What replays may take.
 *
 * @param compressedBytes of what is sent, as it is sent
 * @param inflatedBytes of the text, counted while inflating
 * @param operations lines of {@code ops}, and positions of the completed list
 * @param values JSON values of a recording that are kept in memory at a time
 * @param running replays that run at a time
 * @param queued replays that wait
 * @param kept finished replays that are kept
 * @param keptFor how long a finished replay is kept
 */
public record ReplayLimits(
    long compressedBytes,
    long inflatedBytes,
    int operations,
    long values,
    int running,
    int queued,
    int kept,
    Duration keptFor) {

  /** The text of what was sent. */
  InputStream text(Spool sent) throws IOException {
    return sent.inflated("replay_inflated_bytes", inflatedBytes);
  }

  /** The same as JSON. */
  JsonReader json(Spool sent) throws IOException {
    return new JsonReader(text(sent), values);
  }

  /** The defaults of the service. */
  public static ReplayLimits defaults() {
    return new ReplayLimits(
        64L << 20, 1L << 30, 2_000_000, 4_000_000, 2, 8, 16, Duration.ofMinutes(15));
  }
}
