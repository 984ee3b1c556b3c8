package dev.buddyd.diagnosis.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The excerpts of published reports that the tests carry along. */
final class Samples {
  /** Order 5 on arm64, kernel 5.10, with console time stamps. */
  static final String FAILURE_5_10 = read("failure-5.10.txt");

  /** OOM on i386, kernel 2.6.24, without any prefix. */
  static final String OOM_2_6_24 = read("oom-2.6.24.txt");

  private Samples() {}

  private static String read(String name) {
    try (InputStream in = Samples.class.getResourceAsStream("/diagnosis/" + name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
