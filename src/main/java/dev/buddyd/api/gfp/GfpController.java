package dev.buddyd.api.gfp;

import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.machine.MachineService;
import dev.buddyd.mm.gfp.DecodedMask;
import dev.buddyd.mm.gfp.GfpExplanation;
import dev.buddyd.mm.gfp.GfpLayout;
import dev.buddyd.mm.gfp.KernelVersion;
import dev.buddyd.mm.gfp.ParsedGfp;
import dev.buddyd.mm.gfp.ZoneTable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /gfp}. */
@RestController
class GfpController {

  private final MachineService machines;

  GfpController(MachineService machines) {
    this.machines = machines;
  }

  @GetMapping(path = "/gfp", produces = MediaType.APPLICATION_JSON_VALUE)
  GfpBody explain(
      @RequestParam String mask, @RequestParam(required = false) @Nullable String kernel) {
    GfpLayout layout = kernel == null ? GfpLayout.REFERENCE : GfpLayout.of(version(kernel));
    ParsedGfp text = layout.parse(mask);
    DecodedMask decoded = new DecodedMask(text.number(), layout);
    ZoneTable zones = new ZoneTable(machines.current().memory().geometry().zoneKinds());
    return GfpBody.of(decoded, text, GfpExplanation.of(decoded, zones));
  }

  private static KernelVersion version(String kernel) {
    try {
      return KernelVersion.parse(kernel);
    } catch (IllegalArgumentException e) {
      throw ProblemException.invalid(
          "kernel", Objects.requireNonNullElse(e.getMessage(), "no kernel version"));
    }
  }
}
