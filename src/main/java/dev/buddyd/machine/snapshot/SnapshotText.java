package dev.buddyd.machine.snapshot;

import java.io.OutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes a snapshot's JSON: compact, with a line for each member of the machine and of a zone, and
 * for each row, so that a complaint about a line says something.
 */
final class SnapshotText {

  private static final JsonFactory JSON =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  private final LineBreaks lines = new LineBreaks();
  private final JsonGenerator out;

  SnapshotText(OutputStream to) {
    this.out = JSON.createGenerator(new Context(lines), to);
  }

  private static final class Context extends ObjectWriteContext.Base {
    private final LineBreaks lines;

    Context(LineBreaks lines) {
      this.lines = lines;
    }

    @Override
    public PrettyPrinter getPrettyPrinter() {
      return lines;
    }

    @Override
    public boolean hasPrettyPrinter() {
      return true;
    }
  }

  /** The next member or element starts on a line of its own. */
  SnapshotText line() {
    lines.want();
    return this;
  }

  SnapshotText name(String name) {
    out.writeName(name);
    return this;
  }

  SnapshotText object() {
    out.writeStartObject();
    return this;
  }

  SnapshotText endObject() {
    out.writeEndObject();
    return this;
  }

  SnapshotText array() {
    out.writeStartArray();
    return this;
  }

  SnapshotText endArray() {
    out.writeEndArray();
    return this;
  }

  SnapshotText text(String value) {
    out.writeString(value);
    return this;
  }

  SnapshotText flag(boolean value) {
    out.writeBoolean(value);
    return this;
  }

  SnapshotText number(long value) {
    out.writeNumber(value);
    return this;
  }

  /** An array of numbers. */
  SnapshotText numbers(long... values) {
    out.writeStartArray();
    for (long value : values) {
      out.writeNumber(value);
    }
    out.writeEndArray();
    return this;
  }

  /** A named number. */
  SnapshotText number(String name, long value) {
    return name(name).number(value);
  }

  /** Ends the text and flushes it. */
  void end() {
    out.writeRaw('\n');
    out.flush();
  }
}
