package dev.buddyd.api.gfp;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.buddyd.mm.gfp.DecodedMask;
import dev.buddyd.mm.gfp.GfpExplanation;
import dev.buddyd.mm.gfp.GiveUp;
import dev.buddyd.mm.gfp.ParsedGfp;
import dev.buddyd.mm.gfp.RequestMigratetype;
import dev.buddyd.mm.gfp.WatermarkUse;
import dev.buddyd.mm.gfp.ZoneKind;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A mask explained.
 *
 * @param kernel the kernel whose numbers these are
 * @param mask the mask as a number
 * @param names as in a failure report; empty for 0
 * @param traceNames as in a trace; {@code none} for 0
 * @param modernMask the same request in 6.12 bits
 * @param modernNames the same in 6.12 names
 * @param tokens the parts of the text that was given
 * @param numberDisagrees whether the text had a number that says something else than its names
 * @param migratetype pageblock type that it prefers, null if the mask contradicts itself
 * @param highestZone highest zone it may use on this machine, null if it contradicts itself
 * @param zones zones it may use on this machine in the order in which they are tried
 * @param may what the allocator may do for it
 * @param firstTry watermark of the fast path
 * @param secondTry watermark of the slow path
 * @param reserves how far below the min watermark it may go
 * @param givesUp when a request that finds no page ends
 * @param flags each set bit
 * @param problems what keeps it from being granted as it stands
 */
record GfpBody(
    String kernel,
    String mask,
    String names,
    String traceNames,
    String modernMask,
    String modernNames,
    List<MaskToken> tokens,
    boolean numberDisagrees,
    @Nullable String migratetype,
    @Nullable String highestZone,
    List<String> zones,
    May may,
    Try firstTry,
    Try secondTry,
    Reserves reserves,
    GivesUp givesUp,
    List<MaskFlag> flags,
    List<MaskProblem> problems) {

  /**
   * A name or number of the text.
   *
   * @param text as it was sent
   * @param mask its bits
   * @param note what an old name meant, or null
   */
  record MaskToken(String text, String mask, @Nullable String note) {}

  /**
   * What the allocator may do for the request.
   *
   * @param sleep wait, and reclaim for itself
   * @param startIo start reads and writes of disks
   * @param enterFileSystems call into file systems
   * @param compact move pages to make a block
   * @param wakeKswapd wake kswapd and kcompactd
   * @param sentence all of it in one sentence
   */
  record May(
      boolean sleep,
      boolean startIo,
      boolean enterFileSystems,
      boolean compact,
      boolean wakeKswapd,
      String sentence) {}

  /**
   * The watermark of one try.
   *
   * @param watermark {@code low} or {@code min}
   * @param part how much of it must stay free
   * @param thenNone whether no watermark applies at all if that fails
   * @param sentence all of it in one sentence
   */
  record Try(String watermark, String part, boolean thenNone, String sentence) {}

  /**
   * Rights to the reserves.
   *
   * @param ignoresWatermarks no watermark and no lowmem_reserve applies in the end
   * @param high half of the min mark comes off
   * @param harder a quarter of what is left comes off as well
   * @param highatomicBlocks takes from HIGHATOMIC pageblocks
   * @param highatomicLastResort takes from them at any order when nothing else is left
   * @param ignoresBoost does not count the boost of the marks at order 0
   */
  record Reserves(
      boolean ignoresWatermarks,
      boolean high,
      boolean harder,
      boolean highatomicBlocks,
      boolean highatomicLastResort,
      boolean ignoresBoost) {}

  /** Ends for cheap and for costly orders. */
  record GivesUp(
      @JsonProperty("up_to_order_3") End upToOrder3,
      @JsonProperty("above_order_3") End aboveOrder3) {}

  /**
   * When a request ends.
   *
   * @param when the case in a word
   * @param sentence the same in a sentence
   */
  record End(String when, String sentence) {
    static End of(GiveUp giveUp) {
      return new End(giveUp.name().toLowerCase(Locale.ROOT), giveUp.sentence());
    }
  }

  /**
   * A flag of the mask.
   *
   * @param name as 6.12 calls it
   * @param bit its value
   * @param sentence what it asks for
   */
  record MaskFlag(String name, String bit, String sentence) {}

  /**
   * What is wrong with the mask.
   *
   * @param kind a word for it
   * @param bits that it is about
   * @param sentence what is wrong
   * @param kernelWould what a kernel would do with it
   */
  record MaskProblem(String kind, String bits, String sentence, String kernelWould) {}

  static GfpBody of(DecodedMask mask, ParsedGfp text, GfpExplanation e) {
    RequestMigratetype type = e.migratetype();
    ZoneKind highest = e.highestZone();
    return new GfpBody(
        mask.layout().version().release(),
        mask.toHex(),
        mask.print(),
        mask.layout().printTrace(mask.number()),
        e.modern().toHex(),
        e.modern().toString(),
        text.tokens().stream().map(t -> new MaskToken(t.text(), hex(t.bits()), t.note())).toList(),
        text.numberDisagrees(),
        type == null ? null : type.name(),
        highest == null ? null : highest.kernelName(),
        e.zones().stream().map(ZoneKind::kernelName).toList(),
        new May(
            e.may().sleep(),
            e.may().startIo(),
            e.may().enterFileSystems(),
            e.may().compact(),
            e.may().wakeKswapd(),
            e.may().sentence()),
        use(e.firstTry()),
        use(e.secondTry()),
        new Reserves(
            e.rights().ignoresWatermarks(),
            e.rights().high(),
            e.rights().harder(),
            e.rights().highatomicBlocks(),
            e.rights().highatomicLastResort(),
            e.rights().ignoresBoost()),
        new GivesUp(End.of(e.upToOrder3()), End.of(e.aboveOrder3())),
        e.flags().stream().map(f -> new MaskFlag(f.name(), hex(f.value()), f.sentence())).toList(),
        e.problems().stream()
            .map(
                p ->
                    new MaskProblem(
                        p.kind().name().toLowerCase(Locale.ROOT),
                        hex(p.bits()),
                        p.sentence(),
                        p.kernelWould()))
            .toList());
  }

  private static Try use(WatermarkUse use) {
    return new Try(
        use.mark().name().toLowerCase(Locale.ROOT),
        use.part().toString(),
        use.thenNone(),
        use.sentence());
  }

  private static String hex(int bits) {
    return "0x" + Integer.toHexString(bits);
  }
}
