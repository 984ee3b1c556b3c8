package dev.buddyd.api.zone;

import dev.buddyd.api.http.StateTag;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.SimulatedMachine;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** {@code /zones} and {@code /nodes}. */
@RestController
@Tag(name = "Zones")
class ZonesController {

  private final MachineService machines;

  ZonesController(MachineService machines) {
    this.machines = machines;
  }

  /**
   * All zones: pages present and managed, free blocks by order and migratetype, watermarks, boost,
   * reserves, per-CPU sets, fragmentation indices.
   */
  @GetMapping(path = "/zones", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<ZoneBody.Zones> listZones() {
    SimulatedMachine machine = machines.current();
    return tagged(machine)
        .body(new ZoneBody.Zones(machine.memory().zones().stream().map(ZoneReader::read).toList()));
  }

  /**
   * One zone.
   *
   * @param node number of its node
   * @param zone its name
   */
  @GetMapping(path = "/zones/{node}/{zone}", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<ZoneBody> getZone(@PathVariable int node, @PathVariable String zone) {
    SimulatedMachine machine = machines.current();
    return tagged(machine).body(ZoneReader.read(machine.zone(node, zone)));
  }

  /** All nodes: CPUs, distances, zonelists, kswapd. */
  @GetMapping(path = "/nodes", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<NodeBody.Nodes> listNodes() {
    SimulatedMachine machine = machines.current();
    return tagged(machine)
        .body(
            new NodeBody.Nodes(
                machine.memory().nodes().stream()
                    .map(node -> NodeBody.of(machine.memory(), node))
                    .toList()));
  }

  private static ResponseEntity.BodyBuilder tagged(SimulatedMachine machine) {
    return ResponseEntity.ok().eTag(StateTag.of(machine).toString());
  }
}
