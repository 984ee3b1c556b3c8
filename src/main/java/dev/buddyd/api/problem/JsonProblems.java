package dev.buddyd.api.problem;

import dev.buddyd.input.JsonComplaint;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** What is wrong with a JSON text, in the words of the interface instead of the parser's. */
public final class JsonProblems {

  /** Fields whose values have a problem type of their own. */
  private static final Map<String, ProblemType> TYPE_BY_FIELD =
      Map.of(
          "order", ProblemType.INVALID_ORDER,
          "gfp", ProblemType.INVALID_GFP,
          "mask", ProblemType.INVALID_GFP,
          "pfn", ProblemType.INVALID_PFN);

  /** How the parser begins to say that there is more than one value. */
  private static final String TRAILING = "Trailing token";

  private JsonProblems() {}

  /** The type of the problem "this field or parameter has a wrong value". */
  private static ProblemType typeFor(String field) {
    return TYPE_BY_FIELD.getOrDefault(field, ProblemType.INVALID_REQUEST);
  }

  /** The problem that a parser's or binder's exception stands for. */
  public static ProblemException of(JacksonException e) {
    return switch (e) {
      case UnrecognizedPropertyException unknown -> unknownField(unknown);
      case MismatchedInputException more when more.getOriginalMessage().startsWith(TRAILING) ->
          new ProblemException(
              ProblemType.INVALID_REQUEST, "the body goes on after the end of its JSON" + place(e));
      case MismatchedInputException mismatch ->
          mismatch(path(e), expected(mismatch.getTargetType()));
      case InputCoercionException number -> mismatch(path(e), range(number.getTargetType()));
      case StreamConstraintsException _ ->
          new ProblemException(
              ProblemType.INVALID_REQUEST,
              "the JSON is nested too deeply, or a number or text in it is too long" + place(e));
      case StreamReadException syntax ->
          new ProblemException(
              ProblemType.INVALID_REQUEST,
              "the body is not valid JSON%s: %s".formatted(place(e), JsonComplaint.of(syntax)));
      default -> new ProblemException(ProblemType.INVALID_REQUEST, "the JSON cannot be read");
    };
  }

  /** The same for one line of a stream, whose number the client is told beside it. */
  public static ProblemException ofLine(JacksonException e) {
    ProblemException own = Problems.known(e);
    if (own != null) {
      return own;
    }
    if (e instanceof StreamReadException syntax
        && !(e instanceof StreamConstraintsException || e instanceof InputCoercionException)) {
      int column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
      return new ProblemException(
              ProblemType.INVALID_REQUEST,
              "the line is not valid JSON at column %d: %s"
                  .formatted(column, JsonComplaint.of(syntax)))
          .with("column", column);
    }
    return e instanceof MismatchedInputException && e.getPath().isEmpty()
        ? new ProblemException(ProblemType.INVALID_REQUEST, "the line must be one JSON object")
        : of(e);
  }

  private static String place(JacksonException e) {
    return e.getLocation() == null
        ? ""
        : " at line %d, column %d"
            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }

  private static ProblemException unknownField(UnrecognizedPropertyException e) {
    Collection<Object> ids = e.getKnownPropertyIds();
    List<String> known =
        ids == null ? List.of() : ids.stream().map(Object::toString).sorted().toList();
    return unknown("field", path(e), e.getPropertyName(), known);
  }

  /**
   * A field or parameter that nobody knows.
   *
   * @param what {@code field} or {@code parameter}
   * @param path its place, for the client to find
   * @param name its name alone
   * @param known names it could have had
   */
  public static ProblemException unknown(
      String what, String path, String name, Collection<String> known) {
    String nearest = NearestName.to(name, known);
    return ProblemException.invalid(
            path, "unknown %s '%.100s'; %s".formatted(what, path, hint(what, nearest, known)))
        .with("nearest", nearest);
  }

  private static String hint(String what, @Nullable String nearest, Collection<String> known) {
    if (nearest != null) {
      return "did you mean " + nearest + "?";
    }
    return known.isEmpty()
        ? "there is no " + what + " here"
        : "known are " + String.join(", ", known);
  }

  private static ProblemException mismatch(String path, String wanted) {
    if (path.isEmpty()) {
      return new ProblemException(ProblemType.INVALID_REQUEST, "the body must be " + wanted);
    }
    String last = path.substring(path.lastIndexOf('.') + 1);
    return new ProblemException(typeFor(last), "%s must be %s".formatted(path, wanted))
        .with("field", path);
  }

  /**
   * A parameter whose text is no value of its type.
   *
   * @param value the text, or null
   */
  public static ProblemException parameter(
      String name, @Nullable Class<?> type, @Nullable Object value) {
    boolean number = value != null && value.toString().matches("[+-]?\\d+");
    return new ProblemException(
            typeFor(name),
            "%s must be %s, not '%.100s'"
                .formatted(name, number ? range(type) : expected(type), value))
        .with("field", name);
  }

  /** What a whole number must be that does not fit into a Java type. */
  private static String range(@Nullable Class<?> type) {
    if (type == Integer.class || type == int.class) {
      return "a whole number within -2147483648..2147483647";
    }
    if (type == Long.class || type == long.class) {
      return "a whole number of at most 64 bits";
    }
    return expected(type);
  }

  /** What a value of a Java type looks like for a client. */
  private static String expected(@Nullable Class<?> type) {
    if (type == null) {
      return "another JSON value";
    }
    if (type == Integer.class || type == int.class || type == Long.class || type == long.class) {
      return "a whole number";
    }
    if (type == Boolean.class || type == boolean.class) {
      return "true or false";
    }
    if (type == String.class) {
      return "a string";
    }
    if (Collection.class.isAssignableFrom(type)) {
      return "an array";
    }
    return "an object";
  }

  /** The path to a field: {@code nodes[0].cpus}; empty for the body itself. */
  private static String path(JacksonException e) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference reference : e.getPath()) {
      if (reference.getPropertyName() == null) {
        path.append('[').append(reference.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(reference.getPropertyName());
      }
    }
    return path.toString();
  }
}
