package gyre.proxy.fetch;

import gyre.operations.config.SiteConfig;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Representation;
import gyre.proxy.cache.ResponseCache;
import gyre.proxy.cache.StoredResponse;
import gyre.proxy.message.Request;
import gyre.proxy.route.Route;
import gyre.wire.manifest.ChunkList;
import gyre.wire.manifest.SignedManifest;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Where a complete representation ends up: in the cache, and, where it may travel, signed and
 * announced. Called by the thread that poured it in.
 */
final class Library {
  private final ResponseCache cache;
  private final Publication publication;
  private final HoldingsListener listener;
  private final InstantSource clock;
  private final Audience audience = new Audience();

  Library(
      ResponseCache cache,
      Publication publication,
      HoldingsListener listener,
      InstantSource clock) {
    this.cache = cache;
    this.publication = publication;
    this.listener = listener;
    this.clock = clock;
  }

  /** What became of a fill. */
  record Kept(StoredResponse stored, ChunkList chunks, boolean isHeld) {}

  /** A visitor gets what is stored. Never blocks. */
  void hit(Request request, Route.Cacheable route) {
    if (route.peers()) {
      learn(request, route.site());
    }
  }

  /** Keeps what a fill has received whole, where it is not too large. */
  Kept keep(Request request, Route.Cacheable route, Found found) throws IOException {
    ChunkList chunks = found.content().chunkList();
    ContentName name = new ContentName(route.site().id(), chunks.digest());
    StoredResponse stored =
        StoredResponse.of(
            request, found.status(), found.headers(), name, found.requested(), found.received());
    Optional<Representation> content = found.content().kept(chunks);
    if (content.isPresent()) {
      cache.put(request, stored, content.get());
    }
    return new Kept(stored, chunks, content.isPresent());
  }

  /** A stored response was validated. */
  void refreshed(Request request, Route.Cacheable route, StoredResponse stored, ChunkList chunks) {
    cache.put(request, stored);
    publish(request, route, new Kept(stored, chunks, true));
  }

  /** Signs it and tells of it, where it may travel. */
  void publish(Request request, Route.Cacheable route, Kept kept) {
    StoredResponse stored = kept.stored();
    ChunkList chunks = kept.chunks();
    SiteConfig site = route.site();
    boolean travels =
        route.peers()
            && Shareable.hasRightSize(chunks.size(), site.peers())
            && Shareable.forbids(
                    request,
                    stored.status(),
                    stored.headers(),
                    stored.freshUntil(),
                    clock.instant())
                .isEmpty();
    if (!travels) {
      return;
    }
    Optional<SignedManifest> signed =
        publication.sign(
            site.id(),
            new Publication.Representation(
                request.resource(),
                stored.status(),
                Shareable.travelling(stored.headers()),
                chunks,
                stored.freshUntil()));
    if (signed.isPresent()) {
      learn(request, site);
      if (kept.isHeld()) {
        listener.gained(site.id(), stored.content().digest());
      }
    }
  }

  /**
   * Which page asks for what, so that the next visitor of that page is told at once: but not of
   * what too few visitors asked for, since only who knows its address may hear of it.
   */
  private void learn(Request request, SiteConfig site) {
    int enough = site.peers().minVisitors();
    RefererPage.of(request, site)
        .filter(_ -> audience.isEnough(request, enough))
        .ifPresent(page -> publication.pageResource(site.id(), page, request.resource()));
  }
}
