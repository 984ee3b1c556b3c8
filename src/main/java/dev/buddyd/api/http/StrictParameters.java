package dev.buddyd.api.http;

import dev.buddyd.api.problem.JsonProblems;
import dev.buddyd.api.problem.ProblemException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses query parameters that the endpoint does not know, that are given twice, or that have no
 * value where a number or truth value belongs, as JSON bodies of that kind are refused: a misspelt
 * {@code ?owner=} must not widen what a call does, and {@code ?dry_run} alone must not allocate.
 */
final class StrictParameters implements HandlerInterceptor {

  /** Names of parameters and families of them ({@code sysctl.*}), with their Java types. */
  private final Map<HandlerMethod, Map<String, Class<?>>> known = new ConcurrentHashMap<>();

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (request.getQueryString() != null
        && request.getDispatcherType() != DispatcherType.ERROR
        && handler instanceof HandlerMethod method
        && method.getBeanType().getName().startsWith("dev.buddyd.")) {
      Map<String, Class<?>> types = known.computeIfAbsent(method, StrictParameters::types);
      request.getParameterMap().forEach((name, values) -> check(name, values, types));
    }
    return true;
  }

  private static void check(String name, String[] values, Map<String, Class<?>> types) {
    Class<?> type = typeOf(name, types);
    if (type == null) {
      throw JsonProblems.unknown("parameter", name, name, types.keySet());
    }
    if (values.length > 1) {
      throw ProblemException.invalid(
          name, "the parameter '%.100s' is given %d times".formatted(name, values.length));
    }
    boolean plain =
        type.isPrimitive() || type == Boolean.class || type.getSuperclass() == Number.class;
    String value = Objects.requireNonNullElse(values[0], "");
    if (plain && value.isEmpty()) { // Spring would take it for absent
      throw JsonProblems.parameter(name, type, value);
    }
  }

  private static @Nullable Class<?> typeOf(String sent, Map<String, Class<?>> types) {
    for (Map.Entry<String, Class<?>> known : types.entrySet()) {
      String name = known.getKey();
      if (name.equals(sent)
          || (name.endsWith("*") && sent.startsWith(name.substring(0, name.length() - 1)))) {
        return known.getValue();
      }
    }
    return null;
  }

  private static Map<String, Class<?>> types(HandlerMethod method) {
    Map<String, Class<?>> types = new TreeMap<>();
    RequestMapping mapping =
        AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), RequestMapping.class);
    for (String condition : mapping == null ? new String[0] : mapping.params()) {
      types.put(condition.replaceFirst("!?=.*", ""), String.class);
    }
    for (MethodParameter parameter : method.getMethodParameters()) {
      RequestParam annotation = parameter.getParameterAnnotation(RequestParam.class);
      ParameterPrefix prefix = parameter.getParameterAnnotation(ParameterPrefix.class);
      if (prefix != null) {
        types.put(prefix.value() + "*", String.class);
      } else if (annotation != null) {
        types.put(PlainArguments.queryName(parameter), parameter.getParameterType());
      }
    }
    return types;
  }
}
