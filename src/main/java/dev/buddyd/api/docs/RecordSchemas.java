package dev.buddyd.api.docs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Says of the records that are bodies what their code says: the texts of their javadoc, and which
 * fields may be null. A field that is not {@code @Nullable} is always there.
 */
@Component
class RecordSchemas implements ModelConverter {

  private static final String REFERENCE = "#/components/schemas/";

  private final JavadocText javadoc;
  private final Map<String, Class<?>> named = new ConcurrentHashMap<>();

  RecordSchemas(JavadocText javadoc) {
    this.javadoc = javadoc;
  }

  @Override
  public @Nullable Schema<?> resolve(
      AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
    if (!chain.hasNext()) {
      return null;
    }
    Schema<?> schema = chain.next().resolve(type, context, chain);
    Class<?> raw = Json.mapper().constructType(type.getType()).getRawClass();
    if (schema != null && raw.isRecord()) {
      Class<?> namesake = named.putIfAbsent(raw.getSimpleName(), raw);
      if (namesake != null && namesake != raw) {
        throw new IllegalStateException("two bodies of one name: " + namesake + ", " + raw);
      }
      String reference = schema.get$ref();
      Schema<?> model =
          reference == null
              ? schema
              : context.getDefinedModels().get(reference.substring(REFERENCE.length()));
      if (model != null && model.getProperties() != null) {
        describe(raw, model);
      }
    }
    return schema;
  }

  private void describe(Class<?> type, Schema<?> model) {
    if (model.getDescription() == null) {
      model.setDescription(javadoc.getClassJavadoc(type));
    }
    Map<String, String> texts = javadoc.getRecordClassParamJavadoc(type);
    Set<String> always =
        new LinkedHashSet<>(Objects.requireNonNullElse(model.getRequired(), List.of()));
    for (RecordComponent component : type.getRecordComponents()) {
      String name = jsonName(component);
      Schema<?> property = (Schema<?>) model.getProperties().get(name);
      if (property == null) {
        continue;
      }
      if (property.getAdditionalProperties() instanceof Schema<?> values
          && values.get$ref() == null
          && (values.getType() == null || values.getType().equals("object"))
          && (values.getTypes() == null || values.getTypes().contains("object"))) {
        property.setAdditionalProperties(true); // values of any type, not objects alone
      }
      boolean nullable =
          component.getAnnotatedType().isAnnotationPresent(Nullable.class)
              || component.isAnnotationPresent(JsonInclude.class);
      if (nullable) {
        property = orNull(property);
        model.getProperties().put(name, property);
      } else {
        always.add(name);
      }
      String text = texts.get(component.getName());
      if (property.getDescription() == null && text != null && !text.isBlank()) {
        property.setDescription(text);
      }
    }
    model.setRequired(always.isEmpty() ? null : new ArrayList<>(always));
  }

  private static Schema<?> orNull(Schema<?> schema) {
    if (schema.get$ref() != null) {
      return new Schema<>().anyOf(List.of(schema, new Schema<>().types(Set.of("null"))));
    }
    if (schema.getAnyOf() == null) {
      Set<String> types = new LinkedHashSet<>();
      if (schema.getTypes() != null) {
        types.addAll(schema.getTypes());
      } else if (schema.getType() != null) {
        types.add(schema.getType());
      }
      if (!types.isEmpty()) {
        types.add("null");
        schema.setTypes(types);
        if (schema.getEnum() != null) {
          schema.addEnumItemObject(null);
        }
      }
    }
    return schema;
  }

  private static String jsonName(RecordComponent component) {
    JsonProperty given = component.getAccessor().getAnnotation(JsonProperty.class);
    return given != null && !given.value().isEmpty()
        ? given.value()
        : SnakeCaseStrategy.INSTANCE.translate(component.getName());
  }
}
