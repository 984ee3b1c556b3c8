package dev.buddyd.api.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.AbstractHttpMessageConverter;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.stereotype.Component;

/** Writes the text of a {@link TextOrJson} to whoever asks for text; its JSON is written as any. */
@Component
class TextConverter extends AbstractHttpMessageConverter<TextOrJson<?>> {

  TextConverter() {
    super(StandardCharsets.UTF_8, MediaType.TEXT_PLAIN);
  }

  @Override
  protected boolean supports(Class<?> type) {
    return type == TextOrJson.class;
  }

  @Override
  protected void writeInternal(TextOrJson<?> body, HttpOutputMessage to) throws IOException {
    to.getBody().write(body.text().get().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  protected TextOrJson<?> readInternal(Class<? extends TextOrJson<?>> type, HttpInputMessage from) {
    throw new HttpMessageNotReadableException("an answer is not read", from);
  }
}
