/**
 * Metrics for Prometheus: the names of node_exporter for the simulated machine, and under {@code
 * buddyd_} what node_exporter lacks (DESIGN, section 6). Every scrape takes one reading of the
 * machine, zone by zone under the zone's own locks, and everything that it shows comes from that
 * reading; the machine is never stopped for it.
 */
@NullMarked
package dev.buddyd.metrics;

import org.jspecify.annotations.NullMarked;
