package dev.buddyd.api.http;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** Whether a client asks for an explanation as text: it must say so, JSON is the default. */
public final class TextWanted {

  private TextWanted() {}

  /** Whether the first acceptable of both is {@code text/plain}. */
  public static boolean by(@Nullable String accept) {
    if (accept == null) {
      return false;
    }
    List<MediaType> types;
    try {
      types = MediaType.parseMediaTypes(accept);
    } catch (InvalidMediaTypeException e) {
      return false;
    }
    for (MediaType type : types) {
      if (type.includes(MediaType.APPLICATION_JSON)) {
        return false;
      }
      if (type.includes(MediaType.TEXT_PLAIN)) {
        return true;
      }
    }
    return false;
  }
}
