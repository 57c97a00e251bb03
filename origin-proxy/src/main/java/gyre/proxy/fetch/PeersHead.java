package gyre.proxy.fetch;

import gyre.proxy.cache.CacheControl;
import gyre.proxy.cache.Freshness;
import gyre.proxy.cache.Purge;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.wire.manifest.Manifest;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;

/**
 * The head of what peers provide. A manifest has fewer fields than the upstream's response had, so
 * that what they said has to be made up for. Pure.
 */
final class PeersHead {
  /** What may be shown as a document, and needs all that the upstream says of it. */
  private static final Set<String> DOCUMENTS = Set.of("text/html", "application/xhtml+xml");

  private PeersHead() {}

  /** Whether a visitor who asks so may be given what peers hold. */
  static boolean mayAnswer(Request request, Manifest manifest) {
    String type = new Headers(manifest.headers()).first("content-type").orElse("");
    String bare = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return Shareable.mayTravelAs(request)
        && !CacheControl.of(request.headers()).has("no-cache")
        && !DOCUMENTS.contains(bare);
  }

  /** As old as makes it fresh no longer than the upstream's was; with whatever tags. */
  static Headers of(Manifest manifest, Instant now, Instant freshUntil) {
    Headers headers = new Headers(manifest.headers());
    Duration left = Duration.between(now, freshUntil);
    Duration age = Freshness.lifetime(manifest.status(), headers, now).minus(left);
    return headers
        .with("age", Long.toString(Math.max(0, age.toSeconds())))
        .with(Purge.FIELD, Purge.UNKNOWN);
  }
}
