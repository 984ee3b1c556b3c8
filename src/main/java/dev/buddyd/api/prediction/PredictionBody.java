package dev.buddyd.api.prediction;

import dev.buddyd.explain.Prediction;
import dev.buddyd.explain.Prediction.ZonePrediction;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.gfp.GfpMask;
import dev.buddyd.mm.zone.AllocationRequest;
import java.util.List;

/**
 * How many blocks a request would get, one after the other.
 *
 * @param gfp the mask in names
 * @param gfpMask the mask as a number
 * @param order order of the blocks
 * @param blockKb size of one block in KiB
 * @param node node that the request prefers
 * @param available blocks that would be granted now, from all zones
 * @param availableAboveLow those of them before a zone falls below low and kswapd is woken
 * @param afterCompaction at most so many if all movable memory were compacted
 * @param sentence the same in words
 * @param zones zone by zone, in the order in which the request goes through them
 */
record PredictionBody(
    String gfp,
    String gfpMask,
    int order,
    long blockKb,
    int node,
    long available,
    long availableAboveLow,
    long afterCompaction,
    String sentence,
    List<ZonePrediction> zones) {

  static PredictionBody of(AllocationRequest request, Prediction prediction, Geometry geometry) {
    GfpMask mask = new GfpMask(request.gfp());
    return new PredictionBody(
        mask.print(),
        mask.toHex(),
        request.order(),
        (long) geometry.pageKbytes() << request.order(),
        request.node(),
        prediction.available(),
        prediction.availableAboveLow(),
        prediction.afterCompaction(),
        prediction.sentence(),
        prediction.zones());
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append("%s, order %d (%d kB), node %d%n".formatted(gfp, order, blockKb, node));
    text.append(sentence).append('\n');
    zones.forEach(zone -> text.append("  ").append(zone.sentence()).append('\n'));
    return text.toString();
  }
}
