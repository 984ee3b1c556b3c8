package dev.buddyd.mm.gfp;

import org.jspecify.annotations.Nullable;

/** A text that is no GFP mask. The message is written for the person who sent it. */
public class GfpParseException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String token;
  private final @Nullable String nearest;

  GfpParseException(String token, @Nullable String nearest, String message) {
    super(nearest == null ? message : message + "; did you mean " + nearest + "?");
    this.token = token;
    this.nearest = nearest;
  }

  /** The part that was not understood, empty if the whole text was empty. */
  public String token() {
    return token;
  }

  /** The known name that was probably meant, or null. */
  public @Nullable String nearest() {
    return nearest;
  }
}
