package gyre.proxy.fetch;

import gyre.proxy.cache.Representation;
import gyre.proxy.message.Body;
import java.util.OptionalLong;

/** The content of a store. */
record Whole(Representation content) implements StoredAnswer.Content {
  @Override
  public OptionalLong size() {
    return OptionalLong.of(content.size());
  }

  @Override
  public Body bytes(long from, long length) {
    return new RepresentationBody(content, from, length);
  }

  @Override
  public Body whole() {
    return bytes(0, content.size());
  }

  @Override
  public boolean isHeld() {
    return true;
  }
}
