package dev.buddyd.api.docs;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import dev.buddyd.api.http.Pfn;
import dev.buddyd.api.http.TextOrJson;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.servers.Server;
import io.swagger.v3.oas.models.tags.Tag;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

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

  /** In reading order. */
  private static final Map<String, String> TAGS = new LinkedHashMap<>();

  static {
    TAGS.put("Pages", "allocate, look at and free page frames");
    TAGS.put("Operations", "many of them in one stream");
    TAGS.put("Zones", "zones, nodes and the memory map");
    TAGS.put("Masks", "what a gfp mask says");
    TAGS.put("Machine", "the machine in service: boot another, take its state out and in");
    TAGS.put("Time and truth", "let time pass; check the machine against itself");
    TAGS.put("Sysctls", "the files under /proc/sys/vm");
    TAGS.put("Kernel text", "what the kernel prints, byte for byte");
    TAGS.put("Events", "every change of the machine, as it happens");
    TAGS.put("Reclaim", "users of pages, swap, compaction, the OOM killer");
    TAGS.put("Diagnoses", "kernel reports become reasons");
    TAGS.put("Replays", "recordings of real kernels, run again");
    TAGS.put("Problems", "what the problems mean");
  }

  private static Tag tag(Map.Entry<String, String> tag) {
    return new Tag().name(tag.getKey()).description(tag.getValue());
  }

  OpenApiConfiguration() {
    SpringDocUtils.getConfig()
        .replaceWithSchema(Pfn.class, new StringSchema().pattern("^(0[xX][0-9a-fA-F]+|[0-9]+)$"))
        .addResponseWrapperToIgnore(TextOrJson.class);
  }

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
        .tags(TAGS.entrySet().stream().map(OpenApiConfiguration::tag).toList())
        .servers(List.of(new Server().url("/").description("this service")));
  }

  /** Schemas name their fields as the answers do. First of all converters: later ones wrap it. */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  ModelResolver modelResolver() {
    return new ModelResolver(
        new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE));
  }
}
