package dev.buddyd.api.docs;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.servers.Server;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the document says before any operation. */
@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {

  private static final String TOUR =
      """
      The Linux page allocator as a service: one simulated machine's physical memory, faithful to the
      page frame number.

      Five calls to try in order:

      1. `POST /pages` with `{"gfp":"GFP_KERNEL","order":0}`: a page frame
      2. `GET /pages/{pfn}`: what this frame is now
      3. `GET /proc/buddyinfo`: the free lists as the kernel prints them
      4. `DELETE /pages/{pfn}`: give it back
      5. `POST /pages?explain=true`: the same once more, with every decision and its rule

      Counts are pages unless the name carries a unit; a pfn may be decimal or `0x` hexadecimal.
      Errors are `application/problem+json`; `GET` on their type explains them.
      """;

  @Bean
  OpenAPI openApi() {
    return new OpenAPI()
        .info(
            new Info()
                .title("buddyd")
                .version("0.1.0")
                .description(TOUR)
                .license(
                    new License()
                        .name("Apache-2.0")
                        .url("https://www.apache.org/licenses/LICENSE-2.0")))
        .servers(List.of(new Server().url("/").description("this service")));
  }

  /** Schemas name their fields as the answers do. */
  @Bean
  ModelResolver modelResolver() {
    return new ModelResolver(
        new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE));
  }
}
