package dev.buddyd.procfs.host;

import dev.buddyd.mm.frame.Geometry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A host as its files tell.
 *
 * @param zones zones with memory by node and index
 * @param nodes number of nodes
 * @param cpus number of CPUs
 * @param swap its swap, or null if it is not told
 * @param notes what was not told and had to be assumed, in sentences
 */
record HostState(
    Geometry geometry,
    List<HostZone> zones,
    int nodes,
    int cpus,
    HostMachine.@Nullable Swap swap,
    List<String> notes) {}
