package dev.buddyd.api.problem;

import dev.buddyd.machine.MachineException;
import dev.buddyd.mm.gfp.GfpParseException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.ZipException;
import org.apache.coyote.BadRequestException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;

/** Finds the problem that an exception stands for; everything unknown is {@code internal}. */
final class ExceptionTranslator {

  private static final Logger LOG = LoggerFactory.getLogger(ExceptionTranslator.class);
  private static final int DEEPEST_CAUSE = 16;

  private ExceptionTranslator() {}

  static ProblemException translate(Throwable thrown, HttpServletRequest request) {
    Optional<ProblemException> known = known(thrown);
    if (known.isPresent() && thrown instanceof MethodArgumentTypeMismatchException parameter) {
      known
          .get()
          .with("field", parameter.getName()); // a converter does not know whose text it reads
    }
    return known.orElseGet(() -> framework(thrown, request));
  }

  /** The problem of what our own rooms throw, wrapped or not. */
  static Optional<ProblemException> known(Throwable thrown) {
    Throwable cause = thrown;
    boolean badBody = false;
    for (int i = 0; cause != null && i < DEEPEST_CAUSE; i++, cause = cause.getCause()) {
      Optional<ProblemException> own = own(cause);
      if (own.isPresent()) {
        return own;
      }
      badBody |= cause instanceof BadRequestException; // Tomcat's; its cause may say more
    }
    return badBody
        ? Optional.of(
            new ProblemException(
                ProblemType.INVALID_REQUEST, "the body is not sent as HTTP wants it"))
        : Optional.empty();
  }

  /** What our own rooms and the JSON reader throw, however it is wrapped. */
  private static Optional<ProblemException> own(Throwable e) {
    return switch (e) {
      case ProblemException problem -> Optional.of(problem);
      case MachineException refused -> Optional.of(Problems.of(refused));
      case GfpParseException gfp -> Optional.of(Problems.of(gfp));
      case SocketTimeoutException _ ->
          Optional.of(
              new ProblemException(
                  ProblemType.REQUEST_TIMEOUT, "the rest of the request did not arrive in time"));
      case InvalidParameterException _ ->
          Optional.of(
              new ProblemException(
                  ProblemType.INVALID_REQUEST,
                  "the query is not UTF-8 in percent-encoding, or has too many parameters"));
      case EOFException _ -> Optional.of(cutShort());
      case ZipException _ -> Optional.of(cutShort());
      default -> Optional.empty();
    };
  }

  private static ProblemException cutShort() {
    return new ProblemException(
        ProblemType.INVALID_REQUEST, "the body is cut short, or it is no valid gzip");
  }

  private static ProblemException framework(Throwable thrown, HttpServletRequest request) {
    return switch (thrown) {
      case HttpMessageNotReadableException unreadable -> unreadable(unreadable);
      case MethodArgumentTypeMismatchException mismatch -> mismatch(mismatch);
      case MissingServletRequestParameterException missing ->
          ProblemException.invalid(
              missing.getParameterName(),
              "the parameter '%s' is missing".formatted(missing.getParameterName()));
      case HttpRequestMethodNotSupportedException method ->
          new ProblemException(
                  ProblemType.METHOD_NOT_ALLOWED,
                  "%s is not possible here".formatted(method.getMethod()))
              .with("allowed", allowed(method));
      case HttpMediaTypeNotSupportedException media -> unsupported(media, request);
      case HttpMediaTypeNotAcceptableException accept ->
          new ProblemException(
                  ProblemType.NOT_ACCEPTABLE, "none of the media types in Accept is available")
              .with("available", names(accept.getSupportedMediaTypes()));
      case NoResourceFoundException _ -> notFound(request);
      case NoHandlerFoundException _ -> notFound(request);
      case ErrorResponse response
          when response.getStatusCode().is4xxClientError()
              || response.getStatusCode().value() == 503 ->
          new ProblemException(
              ProblemType.ofStatus(response.getStatusCode().value()),
              Optional.ofNullable(response.getBody().getDetail()).orElse("the request is refused"));
      default -> internal(thrown, request);
    };
  }

  private static ProblemException unreadable(HttpMessageNotReadableException e) {
    return e.getCause() instanceof JacksonException json
        ? JsonProblems.of(json)
        : new ProblemException(
            ProblemType.INVALID_REQUEST, "the request needs a body, which is empty or cut short");
  }

  private static ProblemException mismatch(MethodArgumentTypeMismatchException e) {
    return JsonProblems.parameter(e.getName(), e.getRequiredType(), e.getValue());
  }

  private static List<String> allowed(HttpRequestMethodNotSupportedException e) {
    String[] methods = e.getSupportedMethods();
    return methods == null ? List.of() : List.of(methods).stream().sorted().toList();
  }

  private static ProblemException unsupported(
      HttpMediaTypeNotSupportedException e, HttpServletRequest request) {
    String sent = SentContentType.of(request);
    List<String> supported = names(e.getSupportedMediaTypes());
    boolean json = supported.contains(MediaType.APPLICATION_JSON_VALUE);
    return new ProblemException(
            ProblemType.UNSUPPORTED_MEDIA_TYPE,
            "%s reads %s, not %.100s%s"
                .formatted(
                    request.getRequestURI(),
                    supported.isEmpty() ? "another content type" : String.join(", ", supported),
                    sent == null ? "a body without Content-Type" : sent,
                    json ? "; with curl send it by --json '{...}' instead of -d" : ""))
        .with("supported", supported);
  }

  private static List<String> names(List<MediaType> types) {
    return types.stream().map(MediaType::toString).distinct().sorted().toList();
  }

  private static ProblemException notFound(HttpServletRequest request) {
    return new ProblemException(
        ProblemType.NOT_FOUND,
        "%s %.200s leads nowhere".formatted(request.getMethod(), request.getRequestURI()));
  }

  /** Says nothing about the inside; what happened is in the log under the incident's name. */
  static ProblemException internal(@Nullable Throwable thrown, HttpServletRequest request) {
    return internal(thrown, request.getMethod() + " " + request.getRequestURI());
  }

  static ProblemException internal(@Nullable Throwable thrown, String call) {
    String incident = UUID.randomUUID().toString();
    LOG.error("incident {}: {}", incident, call, thrown);
    return new ProblemException(
            ProblemType.INTERNAL, "the service made a mistake; its log names it " + incident)
        .with("incident", incident);
  }
}
