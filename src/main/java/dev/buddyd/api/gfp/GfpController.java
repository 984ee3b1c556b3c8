package dev.buddyd.api.gfp;

import dev.buddyd.api.http.KernelParameter;
import dev.buddyd.api.http.TextOrJson;
import dev.buddyd.api.problem.Problems;
import dev.buddyd.machine.MachineService;
import dev.buddyd.mm.gfp.DecodedMask;
import dev.buddyd.mm.gfp.GfpExplanation;
import dev.buddyd.mm.gfp.GfpLayout;
import dev.buddyd.mm.gfp.GfpParseException;
import dev.buddyd.mm.gfp.ParsedGfp;
import dev.buddyd.mm.gfp.ZoneTable;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /gfp}. */
@RestController
@Tag(name = "Masks")
class GfpController {

  private final MachineService machines;

  GfpController(MachineService machines) {
    this.machines = machines;
  }

  /**
   * What does this mask say? Decodes a mask in the bit values of a kernel version and explains it:
   * what the allocator may do for it, which zones and pageblock type it prefers, how far below the
   * watermarks it may go, when it gives up, and every flag in a sentence.
   *
   * @param mask number or names, as dmesg, ftrace or the kernel's source spell them: {@code
   *     0x40cc0}, {@code GFP_KERNEL|__GFP_COMP}, {@code GFP_KERNEL,__GFP_COMP}; historical names
   *     too
   * @param kernel version whose bit values a number has, for example {@code 4.19}; 6.12 if absent
   */
  @GetMapping(
      path = "/gfp",
      produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_PLAIN_VALUE})
  TextOrJson<GfpBody> decodeMask(
      @RequestParam String mask, @RequestParam(required = false) @Nullable String kernel) {
    GfpLayout layout =
        kernel == null ? GfpLayout.REFERENCE : GfpLayout.of(KernelParameter.parse(kernel));
    ParsedGfp text = parse(layout, mask);
    DecodedMask decoded = new DecodedMask(text.number(), layout);
    ZoneTable zones = new ZoneTable(machines.current().memory().geometry().zoneKinds());
    GfpBody body = GfpBody.of(decoded, text, GfpExplanation.of(decoded, zones));
    return new TextOrJson<>(body, () -> GfpText.of(body));
  }

  private static ParsedGfp parse(GfpLayout layout, String mask) {
    try {
      return layout.parse(mask);
    } catch (GfpParseException e) {
      throw Problems.of(e).with("field", "mask");
    }
  }
}
