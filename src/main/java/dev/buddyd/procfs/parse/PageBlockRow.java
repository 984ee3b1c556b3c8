package dev.buddyd.procfs.parse;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One line of the second table of pagetypeinfo (T-5).
 *
 * @param node the node
 * @param zone the zone's name
 * @param blocks number of pageblocks by the type's name, in the printed order of the types
 */
public record PageBlockRow(int node, String zone, Map<String, Long> blocks) {

  public PageBlockRow {
    blocks = Collections.unmodifiableMap(new LinkedHashMap<>(blocks));
  }
}
