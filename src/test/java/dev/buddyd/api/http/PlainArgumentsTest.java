package dev.buddyd.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.SynthesizingMethodParameter;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.support.DefaultDataBinderFactory;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.support.StaticWebApplicationContext;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.method.annotation.RequestHeaderMethodArgumentResolver;
import org.springframework.web.method.annotation.RequestParamMethodArgumentResolver;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.mvc.method.annotation.PathVariableMethodArgumentResolver;

class PlainArgumentsTest {

  private final MockHttpServletRequest request = new MockHttpServletRequest();
  private final StaticWebApplicationContext context = new StaticWebApplicationContext();
  private final HandlerMethodArgumentResolver queries =
      PlainArguments.before(
          new RequestParamMethodArgumentResolver(context.getBeanFactory(), false));
  private final HandlerMethodArgumentResolver headers =
      PlainArguments.before(new RequestHeaderMethodArgumentResolver(context.getBeanFactory()));
  private int binders;

  @BeforeEach
  void refresh() {
    context.refresh();
  }

  void endpoint(
      @RequestParam(name = "dry_run", defaultValue = "false") boolean dryRun,
      @RequestParam(required = false) @Nullable Integer order,
      @RequestParam int node,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @RequestBody String body) {}

  private static MethodParameter parameter(int index) {
    for (Method method : PlainArgumentsTest.class.getDeclaredMethods()) {
      if (method.getName().equals("endpoint")) {
        MethodParameter parameter = new SynthesizingMethodParameter(method, index);
        parameter.initParameterNameDiscovery(new DefaultParameterNameDiscoverer());
        return parameter;
      }
    }
    throw new IllegalStateException();
  }

  private @Nullable Object resolve(HandlerMethodArgumentResolver resolver, int index)
      throws Exception {
    WebDataBinderFactory counting =
        (webRequest, target, name) -> {
          binders++;
          return new DefaultDataBinderFactory(null).createBinder(webRequest, target, name);
        };
    return resolver.resolveArgument(
        parameter(index), null, new ServletWebRequest(request), counting);
  }

  @Test
  @DisplayName("absent ones are worked out once, and are what they are without this class")
  void absent() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(resolve(queries, 0)).isEqualTo(false);
      assertThat(resolve(queries, 1)).isNull();
      assertThat(resolve(headers, 3)).isNull();
    }
    assertThat(binders).isLessThanOrEqualTo(4); // a default takes two
  }

  @Test
  @DisplayName("given ones are read every time, before and after absent ones")
  void given() throws Exception {
    request.setParameter("order", "3");
    assertThat(resolve(queries, 1)).isEqualTo(3);
    assertThat(resolve(queries, 0)).isEqualTo(false);
    request.setParameter("dry_run", "true");
    assertThat(resolve(queries, 0)).isEqualTo(true);
    request.removeParameter("dry_run");
    assertThat(resolve(queries, 0)).isEqualTo(false);
    request.removeParameter("order");
    assertThat(resolve(queries, 1)).isNull();
    request.addHeader("If-Match", "\"1-2\"");
    assertThat(resolve(headers, 3)).isEqualTo("\"1-2\"");
    request.removeHeader("If-Match");
    assertThat(resolve(headers, 3)).isNull();
  }

  @Test
  @DisplayName("a text is what it is; several are left to the standard")
  void texts() throws Exception {
    request.addHeader("If-Match", "\"1-2\"");
    for (int i = 0; i < 3; i++) {
      assertThat(resolve(headers, 3)).isEqualTo("\"1-2\"");
    }
    assertThat(binders).isZero();
    request.addHeader("If-Match", "\"1-3\"");
    assertThat(resolve(headers, 3)).isEqualTo("\"1-2\",\"1-3\"");
    assertThat(binders).isPositive();
  }

  @Test
  @DisplayName("a wrong one is refused, and one that must be there is missed each time")
  void wrong() throws Exception {
    for (int i = 0; i < 2; i++) {
      assertThatExceptionOfType(MissingServletRequestParameterException.class)
          .isThrownBy(() -> resolve(queries, 2));
    }
    assertThat(resolve(queries, 1)).isNull();
    request.setParameter("order", "three");
    assertThatExceptionOfType(MethodArgumentTypeMismatchException.class)
        .isThrownBy(() -> resolve(queries, 1));
  }

  @Test
  @DisplayName("other resolvers stay as they are")
  void others() {
    HandlerMethodArgumentResolver path = new PathVariableMethodArgumentResolver();
    assertThat(PlainArguments.before(path)).isSameAs(path);
    assertThat(queries.supportsParameter(parameter(0))).isTrue();
    assertThat(queries.supportsParameter(parameter(4))).isFalse();
  }
}
