package gyre.proxy.fetch;

import gyre.proxy.cache.Representation;
import gyre.proxy.message.Body;
import java.util.Optional;
import java.util.OptionalLong;

/** The content of a store; {@code rest}: where what cannot be read of it may still be had. */
record Whole(Representation content, Optional<UpstreamChunks.Rest> rest)
    implements StoredAnswer.Content {

  /** Of content that is in memory, or is of no use to anybody else. */
  Whole(Representation content) {
    this(content, Optional.empty());
  }

  @Override
  public OptionalLong size() {
    return OptionalLong.of(content.size());
  }

  @Override
  public Body bytes(long from, long length) {
    return new RepresentationBody(this, from, length);
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
