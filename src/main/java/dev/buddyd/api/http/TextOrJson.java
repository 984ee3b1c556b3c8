package dev.buddyd.api.http;

import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * A body that is JSON, or text for a client that asks for text: it must say so.
 *
 * @param json the body as JSON
 * @param text makes the text
 */
public record TextOrJson<T>(@JsonValue T json, Supplier<String> text) {

  /** Text as all texts for people are sent. */
  public static final MediaType TEXT = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

  /** Whether {@code text/plain} is more welcome than JSON, or as welcome and named first. */
  public static boolean isText(@Nullable String accept) {
    if (accept == null) {
      return false;
    }
    List<MediaType> types = new ArrayList<>();
    try {
      types.addAll(MediaType.parseMediaTypes(accept));
    } catch (InvalidMediaTypeException e) {
      return false;
    }
    types.sort(Comparator.comparingDouble(MediaType::getQualityValue).reversed());
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
