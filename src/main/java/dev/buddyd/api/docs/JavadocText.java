package dev.buddyd.api.docs;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.providers.SpringDocJavadocProvider;
import org.springframework.stereotype.Component;

/**
 * The javadoc of controllers and bodies as the texts of the OpenAPI document: told once, where the
 * code is. Code becomes Markdown.
 */
@Component
class JavadocText extends SpringDocJavadocProvider {

  private static final Pattern CODE = Pattern.compile("<code>\\s*|</code>");
  private static final Pattern PARAGRAPH = Pattern.compile("\\s*</?p>\\s*");
  private static final Pattern LINE_BREAK = Pattern.compile("(?<!\n)\\s*\\R\\s*(?!\n)");

  @Override
  public String getClassJavadoc(Class<?> type) {
    return markdown(super.getClassJavadoc(type));
  }

  @Override
  public Map<String, String> getRecordClassParamJavadoc(Class<?> type) {
    Map<String, String> texts = new LinkedHashMap<>();
    super.getRecordClassParamJavadoc(type)
        .forEach((component, text) -> texts.put(component, markdown(text)));
    return texts;
  }

  @Override
  public String getMethodJavadocDescription(Method method) {
    return markdown(super.getMethodJavadocDescription(method));
  }

  /** Summaries are plain text without a full stop. */
  @Override
  public String getFirstSentence(String text) {
    String sentence = super.getFirstSentence(text);
    return sentence == null ? "" : sentence.replace("`", "").replaceFirst("\\.$", "");
  }

  @Override
  public String getMethodJavadocReturn(Method method) {
    return markdown(super.getMethodJavadocReturn(method));
  }

  @Override
  public String getParamJavadoc(Method method, String name) {
    return markdown(super.getParamJavadoc(method, name));
  }

  @Override
  public String getFieldJavadoc(Field field) {
    return markdown(super.getFieldJavadoc(field));
  }

  private static String markdown(@Nullable String html) {
    if (html == null) {
      return "";
    }
    String text = CODE.matcher(html).replaceAll("`");
    text = LINE_BREAK.matcher(text).replaceAll(" ");
    text = PARAGRAPH.matcher(text).replaceAll("\n\n");
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip();
  }
}
