package dev.buddyd.bench;

/** A load that is repeated and timed. */
interface Pattern {

  /** What it is called in tables. */
  String name();

  /**
   * Runs about as many pairs of allocate and free.
   *
   * @return something that depends on every result, so that nothing is optimised away
   */
  long run(int pairs);

  /** How many pairs {@link #run} really makes of those asked for. */
  default int pairs(int asked) {
    return asked;
  }
}
