package dev.buddyd.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.Nulls;
import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.ReservedRange;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Strictness of JSON that properties cannot express. */
@Configuration(proxyBeanMethods = false)
class JsonConfiguration {

  /** Descriptions are shown as a person would write them. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private interface WithoutNulls {}

  /** No null within lists and maps: {@code "nodes":[null]} is a mistake. */
  @Bean
  JsonMapperBuilderCustomizer strictNulls() {
    return builder -> {
      builder.changeDefaultNullHandling(nulls -> nulls.withContentNulls(Nulls.FAIL));
      builder.addMixIn(MachineDescription.class, WithoutNulls.class);
      builder.addMixIn(NodeDescription.class, WithoutNulls.class);
      builder.addMixIn(ReservedRange.class, WithoutNulls.class);
    };
  }
}
