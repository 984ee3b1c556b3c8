package dev.buddyd.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.Nulls;
import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.ReservedRange;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.type.LogicalType;

/** Strictness of JSON that properties cannot express. */
@Configuration(proxyBeanMethods = false)
class JsonConfiguration {

  /** Descriptions are shown as a person would write them. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private interface WithoutNulls {}

  /**
   * A number is no string, and lists and maps hold no null: {@code "nodes":[null]} is a mistake.
   */
  @Bean
  JsonMapperBuilderCustomizer strictJson() {
    return builder -> {
      builder.changeDefaultNullHandling(nulls -> nulls.withContentNulls(Nulls.FAIL));
      builder.withCoercionConfig(
          LogicalType.Textual,
          text ->
              text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                  .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                  .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail));
      builder.addMixIn(MachineDescription.class, WithoutNulls.class);
      builder.addMixIn(NodeDescription.class, WithoutNulls.class);
      builder.addMixIn(ReservedRange.class, WithoutNulls.class);
    };
  }
}
