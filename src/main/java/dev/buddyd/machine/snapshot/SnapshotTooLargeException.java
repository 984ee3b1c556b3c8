package dev.buddyd.machine.snapshot;

import dev.buddyd.machine.MachineException;
import dev.buddyd.machine.MachineException.Kind;
import java.io.IOException;
import java.util.Map;

/** A stream gave more than is taken; carries the limit through those who read it. */
final class SnapshotTooLargeException extends IOException {

  private static final long serialVersionUID = 1L;

  private final String limit;
  private final long bytes;

  SnapshotTooLargeException(String limit, long bytes) {
    super(limit + " is " + bytes);
    this.limit = limit;
    this.bytes = bytes;
  }

  MachineException refusal() {
    return new MachineException(
        Kind.TOO_LARGE,
        "the snapshot is larger than the limit of " + bytes + " bytes (" + limit + ")",
        Map.of("limit_name", limit, "limit", bytes));
  }
}
