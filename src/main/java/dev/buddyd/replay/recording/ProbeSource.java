package dev.buddyd.replay.recording;

import dev.buddyd.replay.json.Json;
import dev.buddyd.replay.json.JsonReader;

/** A second reader of a recording that stands in its probes and gives them one after the other. */
public final class ProbeSource implements AutoCloseable {

  private final JsonReader in;

  /**
   * Moves to the probes.
   *
   * @param in stands at the start of the text, which was read before without fault
   */
  public ProbeSource(JsonReader in) {
    this.in = in;
    in.enterDocument();
    for (String key = in.nextMember(); key != null; key = in.nextMember()) {
      if (key.equals("probes")) {
        in.enterArray();
        return;
      }
      in.skip();
    }
  }

  /** The next probe; there must be one. */
  public Json.Obj next() {
    if (!in.nextItem()) {
      throw in.wrong("there are no more probes");
    }
    in.enterObject();
    in.forget();
    return (Json.Obj) in.value();
  }

  @Override
  public void close() {
    in.close();
  }
}
