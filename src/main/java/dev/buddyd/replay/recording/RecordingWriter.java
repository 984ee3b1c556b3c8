package dev.buddyd.replay.recording;

import dev.buddyd.replay.json.Json;
import dev.buddyd.replay.json.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes a recording completed: what was asked for is filled in, all else is as it was sent. */
public final class RecordingWriter {

  private final RecordingFile file;
  private final BulkPages bulk;
  private final Json after;
  private final Map<String, String> procText;

  /**
   * What is written.
   *
   * @param bulk pages that bulk requests got
   * @param after the state after
   * @param procText all texts
   */
  public RecordingWriter(
      RecordingFile file, BulkPages bulk, Json after, Map<String, String> procText) {
    this.file = file;
    this.bulk = bulk;
    this.after = after;
    this.procText = procText;
  }

  /**
   * Writes all of it.
   *
   * @param sent the text as it was sent, for the parts that are carried along
   * @param probes the probes, one per line with a comma between
   */
  public void write(InputStream sent, InputStream probes, OutputStream to) throws IOException {
    Writer out = new OutputStreamWriter(to, StandardCharsets.UTF_8);
    long at = 0;
    String before = "{";
    for (RecordingFile.Part part : file.parts()) {
      out.append(before);
      before = ",\n";
      JsonText.string(part.key(), out);
      out.append(':');
      switch (part.key()) {
        case "name" -> JsonText.string(file.name(), out);
        case "ops" -> {
          operations(out);
          if (file.after() == null) {
            out.append(",\n\"after\":");
            JsonText.write(after, out);
          }
        }
        case "after" -> JsonText.write(after, out);
        case "probes" -> {
          out.append("[\n");
          out.flush();
          probes.transferTo(to);
          out.append("\n]");
        }
        case "procText" -> procText(out);
        default -> {
          out.flush();
          sent.skipNBytes(part.start() - at);
          copy(sent, to, part.end() - part.start());
          at = part.end();
        }
      }
    }
    out.append("}\n");
    out.flush();
  }

  private static void copy(InputStream from, OutputStream to, long bytes) throws IOException {
    byte[] buffer = new byte[8192];
    long left = bytes;
    while (left > 0) {
      int n = from.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
      if (n == 0) {
        throw new IOException("the text became shorter");
      }
      to.write(buffer, 0, n);
      left -= n;
    }
  }

  private void operations(Writer out) throws IOException {
    Operations ops = file.operations();
    String before = "[\n";
    for (int i = 0; i < ops.size(); i++) {
      if (ops.kind(i) == Operations.BULK_PAGE) {
        continue;
      }
      boolean silent = ops.kind(i) == Operations.DRAIN || ops.kind(i) == Operations.VMSTAT;
      out.append(before).append(OperationText.of(ops, i, silent ? 0 : ops.result(i)));
      before = ",\n";
      for (int k = 0; ops.kind(i) == Operations.BULK && k < ops.result(i); k++) {
        out.append(before);
        out.append(OperationText.bulkPage(ops.slot(i) + k, bulk.pfn(ops.extra(i) + k)));
      }
    }
    out.append(ops.size() == 0 ? "[]" : "\n]");
  }

  private void procText(Writer out) throws IOException {
    String before = "{";
    for (Map.Entry<String, String> text : procText.entrySet()) {
      out.append(before);
      JsonText.string(text.getKey(), out);
      out.append(':');
      JsonText.string(text.getValue(), out);
      before = ",\n";
    }
    out.append(procText.isEmpty() ? "{}" : "}");
  }
}
