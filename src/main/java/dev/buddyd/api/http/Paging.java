package dev.buddyd.api.http;

import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.config.Limits;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * A page of a listing that is ordered by a number. One entry more than asked for is fetched; if it
 * is there, its number is the cursor of the next page.
 *
 * @param limit entries of the page
 */
public record Paging(int limit) {

  /**
   * A page of the length asked for.
   *
   * @param asked how many, or null for the default
   * @throws ProblemException if that is not within the limits
   */
  public static Paging of(Limits limits, @Nullable Integer asked) {
    int limit = asked == null ? limits.pageSize() : asked;
    if (limit < 1 || limit > limits.pageSizeMax()) {
      throw ProblemException.invalid(
              "limit", "limit must be within 1..%d".formatted(limits.pageSizeMax()))
          .with("limit_name", "buddyd.limits.page-size-max")
          .with("limit", limits.pageSizeMax());
    }
    return new Paging(limit);
  }

  /** What belongs on this page. */
  public <T> List<T> items(List<T> found) {
    return found.size() > limit ? found.subList(0, limit) : found;
  }

  /** Path and query of the next page of the present request, or null if there is none. */
  public <T> @Nullable String next(List<T> found, ToLongFunction<T> cursor) {
    if (found.size() <= limit) {
      return null;
    }
    var uri =
        ServletUriComponentsBuilder.fromCurrentRequest()
            .replaceQueryParam("cursor", cursor.applyAsLong(found.get(limit)))
            .build();
    return uri.getPath() + "?" + uri.getQuery();
  }
}
