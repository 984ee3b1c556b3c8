package dev.buddyd.metrics;

/** Metrics about one subject. */
interface Subject {

  /**
   * Registers the subject's meters for a machine.
   *
   * @param reading of the machine: which nodes, zones, orders and types there are
   */
  void bind(Meters meters, MachineReading reading);
}
