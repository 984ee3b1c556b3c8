package dev.buddyd.api.machine;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a machine came from.
 *
 * @param kind {@code start} (what the service started with), {@code preset}, {@code description},
 *     {@code snapshot} or {@code host}
 * @param host how a host's files were read
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record MachineOrigin(String kind, @Nullable Host host) {

  /**
   * How a host's files were read.
   *
   * @param seed what decided where blocks lie
   * @param notes what the files did not tell and had to be assumed, in sentences
   */
  record Host(long seed, List<String> notes) {}
}
