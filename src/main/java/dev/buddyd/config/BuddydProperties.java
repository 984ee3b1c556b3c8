package dev.buddyd.config;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the service, all under {@code buddyd.}.
 *
 * @param preset the machine to boot at start; {@code GET /machine/presets} lists them
 * @param readOnly whether every call that would change something is refused with 403
 * @param background when work that a request wakes in the background is done
 * @param events the event ring
 * @param snapshot where the machine's state is kept over a restart
 * @param limits what clients may ask for
 */
@Validated
@ConfigurationProperties("buddyd")
public record BuddydProperties(
    @DefaultValue("x86_64") @NotBlank String preset,
    @DefaultValue("false") boolean readOnly,
    @DefaultValue("inline") Background background,
    @DefaultValue @Valid Events events,
    @DefaultValue Snapshot snapshot,
    @DefaultValue @Valid Limits limits) {

  /** When background work (kswapd, kcompactd) is done. */
  public enum Background {
    /** Right after the operation that woke it. */
    INLINE,
    /** In ticks only ({@code POST /ticks}). */
    MANUAL,
    /** By a thread of its own; the same calls need not give the same answers any more. */
    BACKGROUND
  }

  /**
   * The event ring.
   *
   * @param ringSize events kept, a power of two; 0 keeps none
   */
  public record Events(@DefaultValue("65536") @Min(0) @Max(1 << 24) int ringSize) {

    public Events {
      if (Integer.bitCount(ringSize) > 1) {
        throw new IllegalArgumentException("buddyd.events.ring-size must be a power of two or 0");
      }
    }
  }

  /**
   * Where the machine's state is kept over a restart.
   *
   * @param path file written on a graceful stop and read at start, or null for none
   */
  public record Snapshot(@Nullable Path path) {}
}
