package dev.buddyd.replay.recording;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.MemoryRanges;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.replay.json.Json;
import java.util.ArrayList;
import java.util.List;

/** The run-length classes of a zone's frames as they are now ({@code pages} of a snapshot). */
final class PageRuns {

  private final List<Json> runs = new ArrayList<>();
  private final FrameTable frames;
  private char name;
  private int start;
  private int end;

  private PageRuns(FrameTable frames) {
    this.frames = frames;
    this.start = frames.firstIndex();
    this.end = start;
  }

  static Json of(Zone zone) {
    PageRuns runs = new PageRuns(zone.frames());
    runs.walk(zone.holes(), zone.reserved());
    return new Json.Arr(0, runs.runs);
  }

  private void walk(MemoryRanges holes, MemoryRanges reserved) {
    int hole = 0;
    int kept = 0;
    while (end < frames.endIndex()) {
      long pfn = frames.pfn(end);
      if (hole < holes.count() && holes.start(hole) == pfn) {
        add('h', (int) (holes.end(hole) - pfn));
        hole++;
      } else if (kept < reserved.count() && reserved.start(kept) == pfn) {
        add('r', (int) (reserved.end(kept) - pfn));
        kept++;
      } else {
        used(end);
      }
    }
    flush();
  }

  private void used(int index) {
    int free = frames.freeOrderAt(index);
    if (free >= 0) {
      add('f', 1 << free);
      return;
    }
    int order = frames.orderOf(index);
    switch (frames.stateOf(index)) {
      case FrameTable.PCP -> add('a', 1 << order);
      case FrameTable.ALLOCATED -> {
        if (!frames.isMovable(index)) {
          add('a', 1 << order);
        } else if (frames.isCompound(index)) {
          add('m', 1 << order); // B-44
        } else {
          add('m', 1);
          add('a', (1 << order) - 1);
        }
      }
      default -> add(frames.isMovable(index) ? 'm' : 'a', 1);
    }
  }

  private void add(char next, int pages) {
    if (next != name && pages > 0) {
      flush();
      name = next;
      start = end;
    }
    end += pages;
  }

  private void flush() {
    if (end > start) {
      runs.add(
          new Json.Arr(
              0,
              List.of(
                  new Json.Text(0, String.valueOf(name)),
                  new Json.Whole(0, frames.pfn(start)),
                  new Json.Whole(0, end - start))));
    }
  }
}
