package dev.buddyd.bench.http;

import dev.buddyd.api.http.Pfn;
import dev.buddyd.api.page.AllocateRequest;
import dev.buddyd.api.page.AllocationBody;
import dev.buddyd.api.page.PageRequests;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * What {@code POST /pages} and {@code DELETE /pages/{pfn}} cost without an allocator: binds and
 * validates the same request, answers a constant of the same record. Behind the same filters and
 * metrics; there only with the benchmarks on the class path.
 */
@RestController
class ConstantController {

  private static final AllocationBody ANSWER =
      new AllocationBody(
          1_048_576,
          0,
          1,
          "Normal",
          0,
          "UNMOVABLE",
          "UNMOVABLE",
          "GFP_KERNEL",
          "0xcc0",
          "0x100000000",
          "0xffff888100000000",
          0,
          null,
          "kernel",
          123_456L,
          null);

  private final PageRequests requests;

  ConstantController(PageRequests requests) {
    this.requests = requests;
  }

  @PostMapping(
      path = "/constant",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<AllocationBody> allocate(@RequestBody AllocateRequest body) {
    requests.read(body);
    return ResponseEntity.status(HttpStatus.CREATED).body(ANSWER);
  }

  @DeleteMapping(path = "/constant/{pfn}")
  ResponseEntity<Void> free(@PathVariable Pfn pfn) {
    return ResponseEntity.noContent().build();
  }
}
