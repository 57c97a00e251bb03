package gyre.proxy.fetch;

import gyre.operations.config.SiteConfig;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.NewContent;
import gyre.proxy.cache.ResponseCache;
import gyre.proxy.cache.StoredResponse;
import gyre.proxy.cache.Verdict;
import gyre.proxy.message.Request;
import gyre.proxy.route.Route;
import gyre.wire.manifest.ChunkList;
import gyre.wire.manifest.SignedManifest;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
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

  /** What became of a fill whose fetch began at {@code mark}. */
  record Kept(StoredResponse stored, ChunkList chunks, boolean isHeld, long mark) {}

  /** A visitor gets what is stored. Never blocks. */
  void hit(Request request, Route.Cacheable route) {
    if (route.peers()) {
      learn(request, route.site());
    }
  }

  /**
   * Keeps what a fill has received whole, where it is not too large and was not purged since the
   * fetch began. Empty for what is too large even to have a name.
   */
  Optional<Kept> keep(Request request, Route.Cacheable route, Found found, long mark)
      throws IOException {
    Optional<ChunkList> list = found.content().chunkList();
    return list.isEmpty()
        ? Optional.empty()
        : Optional.of(keep(request, route, found, list.get(), mark));
  }

  private Kept keep(
      Request request, Route.Cacheable route, Found found, ChunkList chunks, long mark)
      throws IOException {
    ContentName name = new ContentName(route.site().id(), chunks.digest());
    StoredResponse stored =
        StoredResponse.of(
            request, found.status(), found.headers(), name, found.requested(), found.received());
    Optional<NewContent> content = found.content().kept(chunks);
    boolean isHeld = content.isPresent() && cache.put(request, stored, content.get(), mark);
    return new Kept(stored, chunks, isHeld, mark);
  }

  /** A stored response was validated; it stays forgotten where it was purged meanwhile. */
  void refreshed(
      Request request,
      Route.Cacheable route,
      Verdict.Stale stale,
      StoredResponse refreshed,
      long mark) {
    if (cache.refresh(request, stale.response(), refreshed)) {
      publish(request, route, new Kept(refreshed, stale.content().chunks(), true, mark));
    }
  }

  /** Signs it and tells of it, where it may travel. */
  void publish(Request request, Route.Cacheable route, Kept kept) {
    StoredResponse stored = kept.stored();
    ChunkList chunks = kept.chunks();
    SiteConfig site = route.site();
    boolean travels =
        route.peers()
            && !stored.isAuthorized()
            && Shareable.hasRightSize(chunks.size(), site.peers())
            && Shareable.forbids(
                    request,
                    stored.status(),
                    stored.headers(),
                    stored.freshUntil(),
                    clock.instant())
                .isEmpty();
    if (!travels || isForgotten(request, kept)) {
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
    if (isForgotten(request, kept)) { // meanwhile: the purge may not have seen this manifest
      publication.withdraw(site.id(), List.of(request.resource()));
    } else if (signed.isPresent()) {
      learn(request, site);
      if (kept.isHeld()) {
        listener.gained(site.id(), stored.content().digest());
      }
    }
  }

  private boolean isForgotten(Request request, Kept kept) {
    StoredResponse stored = kept.stored();
    return cache.isForgottenSince(kept.mark(), request, stored.content().site(), stored.headers());
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
