package dev.buddyd.api.http;

import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.SimulatedMachine;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ETag;

/**
 * The entity tag of a state: the machine's epoch and a sequence number (DESIGN, section 4).
 *
 * @param epoch number of the boot or restore
 * @param sequence of the machine's last change, or of an allocation
 */
public record StateTag(long epoch, long sequence) {

  /**
   * The state of the machine as a whole. Who answers with it takes it before the state is read: it
   * may be older than the answer, never newer.
   */
  public static StateTag of(SimulatedMachine machine) {
    return new StateTag(machine.epoch(), machine.events().lastSequence());
  }

  /** Whether this state is one that an {@code If-Match} header names; a weak tag never is. */
  public boolean matches(String ifMatch) {
    return ETag.parse(ifMatch).stream()
        .anyMatch(
            tag -> tag.isWildcard() || (!tag.weak() && tag.formattedTag().equals(toString())));
  }

  /** Sequences that an {@code If-Match} header names in an epoch; weak tags name none. */
  public static List<Long> sequences(String ifMatch, long epoch) {
    String prefix = "\"" + epoch + "-";
    return ETag.parse(ifMatch).stream()
        .filter(tag -> !tag.isWildcard() && !tag.weak())
        .map(ETag::formattedTag)
        .filter(tag -> tag.startsWith(prefix) && tag.endsWith("\""))
        .map(tag -> tag.substring(prefix.length(), tag.length() - 1))
        .filter(digits -> digits.matches("\\d{1,18}"))
        .map(Long::valueOf)
        .toList();
  }

  /**
   * Refuses a call whose {@code If-Match} does not name this state.
   *
   * @param ifMatch the header, or null for any state
   * @throws ProblemException {@code stale-state}
   */
  public void require(@Nullable String ifMatch) {
    if (ifMatch != null && !matches(ifMatch)) {
      throw new ProblemException(
              ProblemType.STALE_STATE, "the state is %s, not %.100s".formatted(this, ifMatch))
          .with("etag", toString());
    }
  }

  /**
   * Changes the machine in service, if it is in a state that {@code If-Match} names. Of several
   * such calls that name the same state one changes it, and the others are refused.
   *
   * @param ifMatch the header, or null for any state
   * @throws ProblemException {@code stale-state}
   */
  public static <T> T change(
      MachineService machines, @Nullable String ifMatch, Function<SimulatedMachine, T> change) {
    return ifMatch == null
        ? change.apply(machines.current())
        : machines.changeIf(current -> of(current).require(ifMatch), change);
  }

  /** As in the header {@code ETag}, with the quotation marks. */
  @Override
  public String toString() {
    return "\"" + epoch + "-" + sequence + "\"";
  }
}
