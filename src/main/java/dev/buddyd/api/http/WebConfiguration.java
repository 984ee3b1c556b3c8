package dev.buddyd.api.http;

import dev.buddyd.api.problem.ProblemReportValve;
import dev.buddyd.config.Limits;
import java.util.List;
import java.util.Objects;
import org.apache.catalina.core.StandardHost;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.convert.converter.Converter;
import org.springframework.format.FormatterRegistry;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/** Settings of Spring MVC and Tomcat that properties cannot express. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebMvcConfigurer {

  /** Two buffers of 8 KiB, and what belongs to them. */
  private static final long BYTES_PER_CONNECTION = 20 << 10;

  @Override
  public void addFormatters(FormatterRegistry registry) {
    registry.addConverter(
        new Converter<String, Pfn>() {
          @Override
          public Pfn convert(String text) {
            return Pfn.parse(text);
          }
        });
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(new StrictParameters());
  }

  /**
   * The start page whatever {@code Accept} says: Spring's own would answer 406 without a problem.
   */
  @Override
  public void addViewControllers(ViewControllerRegistry registry) {
    registry.addViewController("/").setViewName("forward:/index.html");
  }

  @Bean
  WebMvcRegistrations argumentResolvers() {
    return new WebMvcRegistrations() {
      @Override
      public RequestMappingHandlerAdapter getRequestMappingHandlerAdapter() {
        return new RequestMappingHandlerAdapter() {
          @Override
          public void afterPropertiesSet() {
            super.afterPropertiesSet();
            List<HandlerMethodArgumentResolver> made =
                Objects.requireNonNull(getArgumentResolvers());
            setArgumentResolvers(made.stream().map(PlainArguments::before).toList());
          }
        };
      }
    };
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> tomcat(Limits limits) {
    long room = Runtime.getRuntime().maxMemory() / 4 / BYTES_PER_CONNECTION;
    int connections = (int) Math.clamp(limits.connections(), 1, Math.max(room, 64));
    int idle = Math.toIntExact(limits.idle().toMillis());
    return factory -> {
      factory.addConnectorCustomizers(
          connector -> {
            if (connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol) {
              protocol.setConnectionTimeout(idle); // headers, body, and output that is not read
              protocol.setKeepAliveTimeout(idle);
              protocol.setMaxConnections(connections);
            }
          });
      // a form's body is the endpoint's: Tomcat must not read it in search of parameters
      factory.addConnectorCustomizers(connector -> connector.setParseBodyMethods("NONE"));
      // %2F within an owner's name is no slash of the path
      factory.addConnectorCustomizers(
          connector ->
              connector.setEncodedSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue()));
      factory.addContextCustomizers(
          context -> {
            if (context.getParent() instanceof StandardHost host) {
              host.setErrorReportValveClass(ProblemReportValve.class.getName());
            }
          });
    };
  }
}
