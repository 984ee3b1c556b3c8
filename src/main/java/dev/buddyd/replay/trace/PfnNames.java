package dev.buddyd.replay.trace;

import java.util.HashMap;
import java.util.Map;

/** Which block of this machine stands for a frame of the recording. */
final class PfnNames {

  /** The recording got a block, this machine refused it. */
  static final long REFUSED = -1;

  /** The recording never said who allocated this frame. */
  static final long UNKNOWN = -2;

  private final Map<Long, Long> blocks = new HashMap<>();

  void put(long recorded, long pfn) {
    blocks.put(recorded, pfn);
  }

  /** Forgets a recorded frame; says which block stood for it. */
  long remove(long recorded) {
    Long pfn = blocks.remove(recorded);
    return pfn == null ? UNKNOWN : pfn;
  }

  int size() {
    return blocks.size();
  }
}
