package dev.buddyd.api.operation;

import static dev.buddyd.api.operation.Field.CALL;
import static dev.buddyd.api.operation.Field.COUNT;
import static dev.buddyd.api.operation.Field.CPU;
import static dev.buddyd.api.operation.Field.DIRTY;
import static dev.buddyd.api.operation.Field.FORCE;
import static dev.buddyd.api.operation.Field.GFP;
import static dev.buddyd.api.operation.Field.ID;
import static dev.buddyd.api.operation.Field.NODE;
import static dev.buddyd.api.operation.Field.ORDER;
import static dev.buddyd.api.operation.Field.OWNER;
import static dev.buddyd.api.operation.Field.PFN;
import static dev.buddyd.api.operation.Field.SIZE_BYTES;
import static dev.buddyd.api.operation.Field.USE;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an operation does, and the fields that it takes. */
enum OperationKind {
  ALLOC(ID, GFP, ORDER, CALL, SIZE_BYTES, NODE, CPU, OWNER, USE, DIRTY),
  FREE(ID, PFN, ORDER, CPU),
  ALLOC_BULK(ID, GFP, COUNT, NODE, CPU, OWNER, USE, DIRTY),
  ALLOC_EXACT(ID, GFP, SIZE_BYTES, NODE, CPU, OWNER, USE),
  FREE_EXACT(ID, PFN, SIZE_BYTES, CPU),
  SPLIT(ID, PFN, ORDER),
  DRAIN(CPU),
  VMSTAT_TICK(CPU),
  UNRESERVE_HIGHATOMIC(GFP, NODE, FORCE, CPU),
  TICK(COUNT, CPU);

  private static final OperationKind[] ALL = values();
  private static final byte[][] NAMES = new byte[ALL.length][];

  static {
    for (OperationKind kind : ALL) {
      NAMES[kind.ordinal()] = Ascii.bytes(kind.jsonName());
    }
  }

  private final int fields;

  OperationKind(Field... fields) {
    this.fields = Arrays.stream(fields).mapToInt(Field::bit).sum();
  }

  /** The value of {@code op}. */
  String jsonName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The same as bytes, to be read only. */
  byte[] jsonBytes() {
    return NAMES[ordinal()];
  }

  /** Fields of a set that this operation does not take. */
  int foreign(int set) {
    return set & ~(fields | Field.OP.bit());
  }

  List<String> fieldNames() {
    return Arrays.stream(Field.values())
        .filter(field -> (fields & field.bit()) != 0)
        .map(Field::jsonName)
        .toList();
  }

  static List<String> names() {
    return Arrays.stream(ALL).map(OperationKind::jsonName).toList();
  }

  /** The operation of a name that lies in some bytes, or null. */
  static @Nullable OperationKind of(byte[] bytes, int from, int to) {
    for (OperationKind kind : ALL) {
      if (Ascii.same(NAMES[kind.ordinal()], bytes, from, to)) {
        return kind;
      }
    }
    return null;
  }
}
