package dev.buddyd.metrics;

import io.micrometer.core.instrument.Tags;

/** Which machine runs, how far it is, and what it costs this process. */
final class MachineStateMeters implements Subject {

  private static final double MICROS_PER_SECOND = 1_000_000;

  @Override
  public void bind(Meters meters, MachineReading reading) {
    meters.gauge(
        "buddyd.machine.info",
        null,
        "Always 1; the labels name the simulated machine and its architecture.",
        Tags.of("name", reading.name(), "arch", reading.geometry().arch()),
        r -> 1);
    meters.gauge(
        "buddyd.machine.epoch",
        null,
        "Number of the boot or restore that made the present machine. A step means that another"
            + " machine runs: its counters start anew.",
        Tags.empty(),
        r -> r.epoch());
    meters.gauge(
        "buddyd.machine.sequence",
        null,
        "Sequence number of the machine's last change; its rate is the number of events per second."
            + " Standing still means that nobody uses the machine.",
        Tags.empty(),
        r -> r.sequence());
    meters.gauge(
        "buddyd.virtual.time",
        "seconds",
        "Virtual time of the machine since its boot, in seconds: a microsecond per request, and a"
            + " vm.stat_interval per tick. Real time plays no part.",
        Tags.empty(),
        r -> r.timeMicros() / MICROS_PER_SECOND);
    meters.gauge(
        "buddyd.live.allocations",
        null,
        "Blocks that somebody holds. Worry when it only grows: an owner leaks pages.",
        Tags.empty(),
        r -> r.liveAllocations());
    meters.gauge(
        "buddyd.frame.tables",
        "bytes",
        "Heap of this process taken by the frame tables of all machines, forks and replays, in"
            + " bytes. Worry near buddyd_frame_tables_limit_bytes: requests are then refused with"
            + " frame-table-exhausted.",
        Tags.empty(),
        r -> r.budget().limitBytes() - r.budget().remainingBytes());
    meters.gauge(
        "buddyd.frame.tables.limit",
        "bytes",
        "Most heap that frame tables may take, in bytes (buddyd.limits.frame-tables-percent).",
        Tags.empty(),
        r -> r.budget().limitBytes());
  }
}
