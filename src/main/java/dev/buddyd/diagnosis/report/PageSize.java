package dev.buddyd.diagnosis.report;

/**
 * The page size of the machine.
 *
 * @param kb in kB: 4, 8, 16, 32, 64 or 256
 * @param source how it is known
 */
public record PageSize(int kb, Source source) {

  /** What the page size was read from. */
  public enum Source {
    /** The block size of order 0 in a free-list line ("1*64kB"). */
    FREE_LISTS,
    /** The architecture in the name of the kernel. */
    KERNEL_NAME,
    /** Nothing printed: 4 kB is what nearly everybody has. */
    DEFAULT
  }
}
