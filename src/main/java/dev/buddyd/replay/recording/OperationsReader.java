package dev.buddyd.replay.recording;

import dev.buddyd.replay.json.JsonReader;
import org.jspecify.annotations.Nullable;

/** Reads the lines of {@code ops} into {@link Operations}. */
public final class OperationsReader {

  private static final long MAX_PFN = 1L << 52;
  private static final int MAX_ORDER = 30;
  private static final int MAX_NODE = 1023;
  private static final int MAX_CPU = 8191;
  private static final int MAX_BULK = 1 << 16;
  private static final long MAX_GFP = 0xffff_ffffL;

  private final JsonReader in;
  private final Operations operations;

  private OperationsReader(JsonReader in, Operations operations) {
    this.in = in;
    this.operations = operations;
  }

  /** Reads the array that is the reader's current value. */
  public static void read(JsonReader in, Operations operations) {
    new OperationsReader(in, operations).all();
  }

  private void all() {
    in.enterArray();
    while (in.nextItem()) {
      in.enterArray();
      one();
      if (in.nextItem()) {
        throw in.wrong("the operation has more elements than its kind");
      }
    }
  }

  private void one() {
    int line = in.line();
    need("a kind such as \"A\"");
    String kind = in.text();
    switch (kind) {
      case "A" -> {
        int slot = slot();
        int order = (int) number("order", 0, MAX_ORDER);
        int gfp = gfp();
        int node = node();
        int cpu = cpu();
        long pfn = given("pfn", -1, MAX_PFN);
        int lru = (int) number("lru", 0, 1);
        operations.add(Operations.ALLOCATE, slot, order, lru, gfp, node, cpu, pfn, line);
      }
      case "F" -> {
        int slot = slot();
        int order = (int) number("order", 0, MAX_ORDER);
        int cpu = cpu();
        long pfn = given("pfn", -1, MAX_PFN);
        operations.add(Operations.FREE, slot, order, 0, 0, 0, cpu, pfn, line);
      }
      case "B" -> {
        int slot = slot();
        int pages = (int) number("nr", 1, MAX_BULK);
        int gfp = gfp();
        int node = node();
        int cpu = cpu();
        long got = given("got", 0, MAX_BULK);
        operations.add(Operations.BULK, slot, pages, 0, gfp, node, cpu, got, line);
      }
      case "b" -> {
        int slot = slot();
        long pfn = number("pfn", 0, MAX_PFN);
        operations.add(Operations.BULK_PAGE, slot, 0, 0, 0, 0, 0, pfn, line);
      }
      case "X" -> {
        int slot = slot();
        int pages = (int) number("nPages", 1, MAX_BULK);
        int gfp = gfp();
        int node = node();
        int cpu = cpu();
        long pfn = given("pfn", -1, MAX_PFN);
        operations.add(Operations.EXACT, slot, pages, 0, gfp, node, cpu, pfn, line);
      }
      case "Y" -> {
        int slot = slot();
        int pages = (int) number("nPages", 1, MAX_BULK);
        int cpu = cpu();
        long pfn = given("pfn", -1, MAX_PFN);
        operations.add(Operations.FREE_EXACT, slot, pages, 0, 0, 0, cpu, pfn, line);
      }
      case "S" -> {
        int slot = slot();
        int first = (int) number("firstNewSlot", 0, Integer.MAX_VALUE);
        int order = (int) number("order", 0, MAX_ORDER);
        int cpu = cpu();
        long pfn = given("pfn", -1, MAX_PFN);
        operations.add(Operations.SPLIT, slot, order, first, 0, 0, cpu, pfn, line);
      }
      case "D" -> operations.add(Operations.DRAIN, 0, 0, 0, 0, 0, cpu(), 0, line);
      case "V" -> operations.add(Operations.VMSTAT, 0, 0, 0, 0, 0, cpu(), 0, line);
      case "U" -> {
        int force = (int) number("force", 0, 1);
        int gfp = gfp();
        int node = node();
        int cpu = cpu();
        long ret = given("ret", 0, 1);
        operations.add(Operations.UNRESERVE, 0, force, 0, gfp, node, cpu, ret, line);
      }
      default -> throw in.wrong("\"" + kind + "\" is no operation");
    }
  }

  private int slot() {
    return (int) number("slot", 0, Integer.MAX_VALUE);
  }

  private int gfp() {
    return (int) number("gfp", 0, MAX_GFP);
  }

  private int node() {
    return (int) number("nid", 0, MAX_NODE);
  }

  private int cpu() {
    return (int) number("cpu", 0, MAX_CPU);
  }

  private long number(String name, long least, long most) {
    need(name);
    return in.whole(least, most);
  }

  private long given(String name, long least, long most) {
    need(name);
    return in.isNull() ? Operations.ASKED : in.whole(least, most);
  }

  private void need(@Nullable String name) {
    if (!in.nextItem()) {
      throw in.wrong("the operation lacks " + name);
    }
  }
}
