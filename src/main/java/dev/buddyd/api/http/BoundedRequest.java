package dev.buddyd.api.http;

import dev.buddyd.input.CountedInput;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/**
 * A request whose body is counted while it is read and inflated if it came with {@code
 * Content-Encoding: gzip}. A form's content type shows as {@code text/plain}, because {@code curl
 * -d} sends it and nothing here reads forms.
 */
final class BoundedRequest extends HttpServletRequestWrapper {

  private final BodyLimit limit;
  private final boolean gzip;
  private final boolean form;
  private @Nullable ServletInputStream stream;

  BoundedRequest(HttpServletRequest request, BodyLimit limit, boolean gzip, boolean form) {
    super(request);
    this.limit = limit;
    this.gzip = gzip;
    this.form = form;
  }

  @Override
  public ServletInputStream getInputStream() throws IOException {
    if (stream == null) {
      ServletInputStream raw = super.getInputStream();
      InputStream counted = counted(raw, limit.sentName(), limit.sentBytes());
      if (gzip) {
        counted =
            counted(new GZIPInputStream(counted), limit.inflatedName(), limit.inflatedBytes());
      }
      stream = new Bounded(raw, counted);
    }
    return stream;
  }

  private static InputStream counted(InputStream in, String limitName, long limitBytes) {
    return new CountedInput(
        in,
        limitBytes,
        () -> {
          throw BodyLimit.tooLarge(limitName, limitBytes);
        });
  }

  @Override
  public BufferedReader getReader() throws IOException {
    String encoding = getCharacterEncoding();
    Charset charset = encoding == null ? StandardCharsets.UTF_8 : Charset.forName(encoding);
    return new BufferedReader(new InputStreamReader(getInputStream(), charset));
  }

  @Override
  public int getContentLength() {
    return gzip ? -1 : super.getContentLength();
  }

  @Override
  public long getContentLengthLong() {
    return gzip ? -1 : super.getContentLengthLong();
  }

  @Override
  public @Nullable String getContentType() {
    return form ? MediaType.TEXT_PLAIN_VALUE : super.getContentType();
  }

  @Override
  public @Nullable String getHeader(String name) {
    if (form && name.equalsIgnoreCase(HttpHeaders.CONTENT_TYPE)) {
      return MediaType.TEXT_PLAIN_VALUE;
    }
    return hidden(name) ? null : super.getHeader(name);
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    if (form && name.equalsIgnoreCase(HttpHeaders.CONTENT_TYPE)) {
      return Collections.enumeration(List.of(MediaType.TEXT_PLAIN_VALUE));
    }
    return hidden(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
  }

  @Override
  public Enumeration<String> getHeaderNames() {
    return Collections.enumeration(
        Collections.list(super.getHeaderNames()).stream().filter(name -> !hidden(name)).toList());
  }

  /** Headers that tell of the body as it was sent. */
  private boolean hidden(String name) {
    return gzip
        && (name.equalsIgnoreCase(HttpHeaders.CONTENT_ENCODING)
            || name.equalsIgnoreCase(HttpHeaders.CONTENT_LENGTH));
  }

  /** The counted stream as the servlet interface wants it. */
  private static final class Bounded extends ServletInputStream {

    private final ServletInputStream raw;
    private final InputStream counted;
    private boolean finished;

    Bounded(ServletInputStream raw, InputStream counted) {
      this.raw = raw;
      this.counted = counted;
    }

    @Override
    public int read() throws IOException {
      int b = counted.read();
      finished |= b < 0;
      return b;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int n = counted.read(into, offset, length);
      finished |= n < 0;
      return n;
    }

    @Override
    public int available() throws IOException {
      return counted.available();
    }

    @Override
    public boolean isFinished() {
      return finished;
    }

    @Override
    public boolean isReady() {
      return raw.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new UnsupportedOperationException("bodies are read by blocking");
    }
  }
}
