package dev.buddyd.mm.reclaim;

/** What became of pages that reclaim took from their holder. */
public enum PageFate {
  /** The contents are in a swap slot; a fault brings them back. */
  SWAPPED,
  /** Clean page cache, or a shrunk slab object: the contents can be read or made again. */
  DROPPED,
  /** The process was killed; the contents are lost. */
  KILLED
}
