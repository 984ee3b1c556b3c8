package dev.buddyd.api.http;

import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.mm.gfp.KernelVersion;
import java.util.Objects;

/** The parameter {@code kernel}: a version such as {@code 4.19}. */
public final class KernelParameter {

  private KernelParameter() {}

  /** The version, or the problem {@code invalid-request}. */
  public static KernelVersion parse(String kernel) {
    try {
      return KernelVersion.parse(kernel);
    } catch (IllegalArgumentException e) {
      throw ProblemException.invalid(
          "kernel", Objects.requireNonNullElse(e.getMessage(), "no kernel version"));
    }
  }
}
