package dev.buddyd.replay.recording;

/** Writes operations as the recorder does. */
public final class OperationText {

  private OperationText() {}

  /** Operation {@code i} with a given last result, without the lines of a bulk request's pages. */
  public static String of(Operations ops, int i, long result) {
    StringBuilder out = new StringBuilder(48);
    char kind = ops.kind(i);
    out.append("[\"").append(kind).append('"');
    switch (kind) {
      case Operations.ALLOCATE -> {
        number(out, ops.slot(i));
        number(out, ops.amount(i));
        request(out, ops, i);
        number(out, result);
        number(out, ops.extra(i));
      }
      case Operations.BULK, Operations.EXACT -> {
        number(out, ops.slot(i));
        number(out, ops.amount(i));
        request(out, ops, i);
        number(out, result);
      }
      case Operations.FREE, Operations.FREE_EXACT -> {
        number(out, ops.slot(i));
        number(out, ops.amount(i));
        number(out, ops.cpu(i));
        number(out, result);
      }
      case Operations.SPLIT -> {
        number(out, ops.slot(i));
        number(out, ops.extra(i));
        number(out, ops.amount(i));
        number(out, ops.cpu(i));
        number(out, result);
      }
      case Operations.UNRESERVE -> {
        number(out, ops.amount(i));
        request(out, ops, i);
        number(out, result);
      }
      case Operations.BULK_PAGE -> {
        number(out, ops.slot(i));
        number(out, result);
      }
      default -> number(out, ops.cpu(i));
    }
    return out.append(']').toString();
  }

  /** The line of a page that a bulk request got. */
  public static String bulkPage(int slot, long pfn) {
    return "[\"b\"," + slot + "," + pfn + "]";
  }

  private static void request(StringBuilder out, Operations ops, int i) {
    number(out, Integer.toUnsignedLong(ops.gfp(i)));
    number(out, ops.node(i));
    number(out, ops.cpu(i));
  }

  private static void number(StringBuilder out, long value) {
    out.append(',').append(value == Operations.ASKED ? "null" : Long.toString(value));
  }
}
