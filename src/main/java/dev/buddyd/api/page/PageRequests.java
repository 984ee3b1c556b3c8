package dev.buddyd.api.page;

import dev.buddyd.api.problem.NearestName;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import dev.buddyd.config.Limits;
import dev.buddyd.machine.PageRequest;
import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.machine.PageUse;
import dev.buddyd.mm.gfp.GfpMask;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Turns what a client asks for into a request to the machine; finds what is missing or unknown. */
@Component
public final class PageRequests {

  private static final Map<String, Call> CALLS = byName(Call.values(), Call::kernelName);
  private static final Map<String, PageUse> USES = byName(PageUse.values(), PageUse::apiName);

  private final Limits limits;

  PageRequests(Limits limits) {
    this.limits = limits;
  }

  private static <E> Map<String, E> byName(E[] values, Function<E, String> name) {
    return Arrays.stream(values)
        .collect(Collectors.toMap(name, v -> v, (a, b) -> a, LinkedHashMap::new));
  }

  /**
   * Reads a request.
   *
   * @throws ProblemException if a field is missing, unknown or contradicts another one
   */
  public PageRequest read(AllocateRequest body) {
    String gfp = body.gfp();
    if (gfp == null) {
      throw missingGfp();
    }
    Call call = body.call() == null ? Call.ALLOC_PAGES : call(body.call());
    PageUse use = body.use() == null ? PageUse.KERNEL : use(body.use());
    checkSize(call, body.sizeBytes() != null, body.order() != null);
    boolean dirty = Boolean.TRUE.equals(body.dirty());
    checkDirty(dirty, use, call);
    checkOwner(body.owner());
    return new PageRequest(
        call,
        GfpMask.parse(gfp).bits(),
        body.order() == null ? 0 : body.order(),
        body.sizeBytes() == null ? 0 : body.sizeBytes(),
        body.node(),
        body.cpu(),
        body.owner(),
        use,
        dirty);
  }

  /** The call of a name. */
  public static Call call(String name) {
    return find("call", name, CALLS);
  }

  /** The use of a name. */
  public static PageUse use(String name) {
    return find("use", name, USES);
  }

  /** The problem of a request without mask. */
  public static ProblemException missingGfp() {
    return new ProblemException(
            ProblemType.INVALID_GFP, "gfp is missing; most requests say GFP_KERNEL")
        .with("field", "gfp");
  }

  /** Checks that a request says how much in the way of its call: by order or by bytes. */
  public static void checkSize(Call call, boolean sizeGiven, boolean orderGiven) {
    boolean exact = call == Call.ALLOC_PAGES_EXACT;
    if (exact && !sizeGiven) {
      throw ProblemException.invalid("size_bytes", "alloc_pages_exact needs size_bytes");
    }
    if (exact && orderGiven) {
      throw ProblemException.invalid("order", "alloc_pages_exact takes size_bytes, not order");
    }
    if (!exact && sizeGiven) {
      throw ProblemException.invalid(
          "size_bytes",
          "size_bytes goes with alloc_pages_exact; %s takes order".formatted(call.kernelName()));
    }
  }

  /** Checks that only page cache on reclaim lists is said to be dirty. */
  public static void checkDirty(boolean dirty, PageUse use, Call call) {
    if (dirty && use != PageUse.FILE) {
      throw ProblemException.invalid(
          "dirty", "only page cache is dirty: dirty goes with \"use\":\"file\"");
    }
    if (dirty && call == Call.ALLOC_PAGES_EXACT) {
      throw ProblemException.invalid(
          "dirty",
          "the pages of alloc_pages_exact are on no reclaim list, where nobody would write them;"
              + " ask for dirty page cache by order");
    }
  }

  /** Checks the length of an owner's name. */
  public void checkOwner(@Nullable String owner) {
    if (owner != null && owner.length() > limits.ownerCharacters()) {
      throw ProblemException.tooLarge(
              "buddyd.limits.owner-characters",
              limits.ownerCharacters(),
              "an owner has at most %d characters, not %d"
                  .formatted(limits.ownerCharacters(), owner.length()))
          .with("field", "owner");
    }
  }

  private static <E> E find(String field, String name, Map<String, E> byName) {
    E found = byName.get(name);
    if (found == null) {
      throw ProblemException.invalid(
              field,
              "%s is one of %s, not '%.100s'"
                  .formatted(field, String.join(", ", byName.keySet()), name))
          .with("nearest", NearestName.to(name, byName.keySet()));
    }
    return found;
  }
}
