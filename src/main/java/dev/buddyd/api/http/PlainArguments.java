package dev.buddyd.api.http;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.annotation.RequestHeaderMethodArgumentResolver;
import org.springframework.web.method.annotation.RequestParamMethodArgumentResolver;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * Headers and query parameters that need no work: texts, which are what they are, and those that a
 * request does not have, which are the same every time. The standard resolver, which makes a data
 * binder for each, is asked for the others, and once for an absent one.
 */
final class PlainArguments implements HandlerMethodArgumentResolver {

  /**
   * Where an argument comes from.
   *
   * @param text whether its type is that of headers and query parameters themselves
   */
  private record Source(boolean header, String name, boolean text) {

    static Source of(MethodParameter parameter) {
      RequestHeader header = parameter.getParameterAnnotation(RequestHeader.class);
      String name = header == null ? queryName(parameter) : nameOr(parameter, header.name());
      return new Source(header != null, name, parameter.getParameterType() == String.class);
    }

    String @Nullable [] in(NativeWebRequest request) {
      return header ? request.getHeaderValues(name) : request.getParameterValues(name);
    }
  }

  private final HandlerMethodArgumentResolver standard;
  private final Map<MethodParameter, Source> sources = new ConcurrentHashMap<>();

  /** What the standard resolver made of an absent one. */
  private final Map<MethodParameter, Optional<Object>> absent = new ConcurrentHashMap<>();

  private PlainArguments(HandlerMethodArgumentResolver standard) {
    this.standard = standard;
  }

  /** Puts itself before the resolvers of headers and query parameters. */
  static HandlerMethodArgumentResolver before(HandlerMethodArgumentResolver resolver) {
    return resolver instanceof RequestParamMethodArgumentResolver
            || resolver instanceof RequestHeaderMethodArgumentResolver
        ? new PlainArguments(resolver)
        : resolver;
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return standard.supportsParameter(parameter);
  }

  @Override
  public @Nullable Object resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binders)
      throws Exception {
    Source source = sources.computeIfAbsent(parameter, Source::of);
    String[] values = source.in(request);
    if (values != null) {
      return source.text() && values.length == 1 && !values[0].isEmpty()
          ? values[0]
          : standard.resolveArgument(parameter, container, request, binders);
    }
    Optional<Object> known = absent.get(parameter);
    if (known == null) {
      known = Optional.ofNullable(standard.resolveArgument(parameter, container, request, binders));
      absent.put(parameter, known);
    }
    return known.orElse(null);
  }

  /** Name of a query parameter: the annotation's, or that of the Java parameter. */
  static String queryName(MethodParameter parameter) {
    RequestParam query = parameter.getParameterAnnotation(RequestParam.class);
    return nameOr(parameter, query == null ? "" : query.name());
  }

  private static String nameOr(MethodParameter parameter, String name) {
    return name.isEmpty() ? parameter.getParameter().getName() : name;
  }
}
