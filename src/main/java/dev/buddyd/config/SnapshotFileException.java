package dev.buddyd.config;

import java.nio.file.Path;

/** The snapshot that the machine should start from cannot be used: the service does not start. */
final class SnapshotFileException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String file;
  private final String reason;

  SnapshotFileException(Path file, String reason, Throwable cause) {
    super(file + ": " + reason, cause);
    this.file = file.toString();
    this.reason = reason;
  }

  String file() {
    return file;
  }

  String reason() {
    return reason;
  }
}
