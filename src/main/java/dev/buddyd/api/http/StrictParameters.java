package dev.buddyd.api.http;

import dev.buddyd.api.problem.JsonProblems;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses query parameters that the endpoint does not know, as unknown JSON fields are refused: a
 * misspelt {@code ?owner=} must not widen what a call does.
 */
final class StrictParameters implements HandlerInterceptor {

  private final Map<HandlerMethod, Set<String>> known = new ConcurrentHashMap<>();

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (request.getQueryString() != null
        && handler instanceof HandlerMethod method
        && method.getBeanType().getName().startsWith("dev.buddyd.")) {
      Set<String> names = known.computeIfAbsent(method, StrictParameters::names);
      for (String sent : request.getParameterMap().keySet()) {
        if (!names.contains(sent) && names.stream().noneMatch(known -> begins(sent, known))) {
          throw JsonProblems.unknown("parameter", sent, sent, names);
        }
      }
    }
    return true;
  }

  /** Whether a name is one of a family such as {@code sysctl.*}. */
  private static boolean begins(String sent, String known) {
    return known.endsWith("*") && sent.startsWith(known.substring(0, known.length() - 1));
  }

  private static Set<String> names(HandlerMethod method) {
    Set<String> names = new TreeSet<>();
    RequestMapping mapping =
        AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), RequestMapping.class);
    for (String condition : mapping == null ? new String[0] : mapping.params()) {
      names.add(condition.replaceFirst("!?=.*", ""));
    }
    for (MethodParameter parameter : method.getMethodParameters()) {
      RequestParam annotation = parameter.getParameterAnnotation(RequestParam.class);
      ParameterPrefix prefix = parameter.getParameterAnnotation(ParameterPrefix.class);
      if (prefix != null) {
        names.add(prefix.value() + "*");
      } else if (annotation != null) {
        String name = annotation.name().isEmpty() ? annotation.value() : annotation.name();
        names.add(name.isEmpty() ? parameter.getParameter().getName() : name);
      }
    }
    return names;
  }
}
