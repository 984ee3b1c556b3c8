package dev.buddyd.machine.snapshot;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.util.MinimalPrettyPrinter;

/** Breaks a line where it was asked for: behind the comma or bracket that comes next. */
final class LineBreaks extends MinimalPrettyPrinter {

  private boolean wanted;

  /** The next element or member starts on a line of its own. */
  void want() {
    wanted = true;
  }

  private void breakLine(JsonGenerator out) {
    if (wanted) {
      wanted = false;
      out.writeRaw('\n');
    }
  }

  @Override
  public void beforeArrayValues(JsonGenerator out) {
    breakLine(out);
  }

  @Override
  public void beforeObjectEntries(JsonGenerator out) {
    breakLine(out);
  }

  @Override
  public void writeArrayValueSeparator(JsonGenerator out) {
    out.writeRaw(',');
    breakLine(out);
  }

  @Override
  public void writeObjectEntrySeparator(JsonGenerator out) {
    out.writeRaw(',');
    breakLine(out);
  }
}
