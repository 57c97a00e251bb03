package gyre.proxy.fetch;

import gyre.proxy.cache.ChunkStore;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Representation;
import gyre.wire.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What of the store's content may be lent: only representations with a valid manifest. The cache
 * also keeps what must not travel.
 */
public final class HeldContent implements Holdings {
  private final ChunkStore store;
  private final Publication publication;

  public HeldContent(ChunkStore store, Publication publication) {
    this.store = store;
    this.publication = publication;
  }

  @Override
  public OptionalLong size(String site, Digest digest) {
    return find(site, digest)
        .map(content -> OptionalLong.of(content.size()))
        .orElse(OptionalLong.empty());
  }

  @Override
  public Optional<ByteBuffer> chunk(String site, Digest digest, int index) {
    Optional<Representation> content = find(site, digest);
    if (content.isEmpty() || index < 0 || index >= content.get().chunks().count()) {
      return Optional.empty();
    }
    try {
      return Optional.of(content.get().chunk(index));
    } catch (IOException e) {
      return Optional.empty(); // the disk has said in the log why
    }
  }

  private Optional<Representation> find(String site, Digest digest) {
    return publication.byDigest(site, digest).isPresent()
        ? store.find(new ContentName(site, digest))
        : Optional.empty();
  }
}
