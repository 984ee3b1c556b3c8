package dev.buddyd.mm.reclaim;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counts of {@link VmEvent} and of stalls by zone index; read by anybody. */
public final class VmEvents {

  private final AtomicLongArray counts = new AtomicLongArray(VmEvent.values().length);
  private final AtomicLongArray stalls;

  VmEvents(int zoneTypes) {
    this.stalls = new AtomicLongArray(zoneTypes);
  }

  void copy(VmEvents origin) {
    for (int i = 0; i < counts.length(); i++) {
      counts.set(i, origin.counts.get(i));
    }
    for (int i = 0; i < stalls.length(); i++) {
      stalls.set(i, origin.stalls.get(i));
    }
  }

  /** Sets a count: restore. */
  void set(VmEvent event, long count) {
    counts.set(event.ordinal(), count);
  }

  /** Sets the stalls of a zone type: restore. */
  void setStalls(int zoneIndex, long count) {
    stalls.set(zoneIndex, count);
  }

  /** Zone types that stalls are counted by. */
  int zoneTypes() {
    return stalls.length();
  }

  void count(VmEvent event, long by) {
    counts.addAndGet(event.ordinal(), by);
  }

  void countStall(int zoneIndex) {
    stalls.incrementAndGet(zoneIndex);
  }

  /** How often an event has happened since boot. */
  public long get(VmEvent event) {
    return counts.get(event.ordinal());
  }

  /** {@code allocstall_*} of a zone type: passes of direct reclaim for requests up to it. */
  public long allocstall(int zoneIndex) {
    return stalls.get(zoneIndex);
  }

  /** Passes of direct reclaim over all zone types. */
  public long allocstall() {
    long sum = 0;
    for (int i = 0; i < stalls.length(); i++) {
      sum += stalls.get(i);
    }
    return sum;
  }
}
