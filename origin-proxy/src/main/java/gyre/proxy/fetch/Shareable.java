package gyre.proxy.fetch;

import gyre.operations.config.PeersConfig;
import gyre.proxy.cache.CacheControl;
import gyre.proxy.cache.Storability;
import gyre.proxy.cache.Variant;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.wire.HeaderField;
import gyre.wire.Limits;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What may be signed, and so travel between peers (DESIGN, section 6). Pure. The response is one
 * that was fetched without Cookie and Authorization.
 */
final class Shareable {
  /** Documents and scripts that run with rights of their own never come from peers. */
  private static final Set<String> NEVER =
      Set.of(
          "document",
          "iframe",
          "frame",
          "embed",
          "object",
          "worker",
          "sharedworker",
          "serviceworker");

  private static final Set<String> TRAVELLING =
      Set.of(
          "access-control-allow-credentials",
          "access-control-allow-origin",
          "access-control-expose-headers",
          "cache-control",
          "content-disposition",
          "content-language",
          "content-security-policy",
          "content-type",
          "cross-origin-embedder-policy",
          "cross-origin-opener-policy",
          "cross-origin-resource-policy",
          "date",
          "etag",
          "expires",
          "last-modified",
          "link",
          "referrer-policy",
          "sourcemap",
          "timing-allow-origin",
          "vary",
          "x-content-type-options",
          "x-robots-tag");

  /** CDN-Cache-Control may allow more, but to the site's own cache alone. */
  private static final Set<String> NOT_FOR_BROWSERS = Set.of("private", "no-store", "no-cache");

  /** What of a manifest its headers may take. */
  private static final int HEADERS = 8 << 10;

  private Shareable() {}

  /** Empty: it may travel, as far as its head tells. Else the reason why not. */
  static Optional<String> forbids(
      Request request, int status, Headers headers, Instant freshUntil, Instant now) {
    if (status != 200) {
      return Optional.of("status");
    }
    if (!mayTravelAs(request)) {
      return Optional.of("a document, frame or worker");
    }
    Optional<String> unstorable = Storability.forbids(request, status, headers);
    if (unstorable.isPresent()) {
      return unstorable;
    }
    if (headers.contains("content-encoding")) {
      return Optional.of("coded content");
    }
    CacheControl toAll = CacheControl.of(headers);
    if (NOT_FOR_BROWSERS.stream().anyMatch(toAll::has)) {
      return Optional.of("Cache-Control");
    }
    if (!Storability.isReusable(headers) || !freshUntil.isAfter(now)) {
      return Optional.of("not fresh");
    }
    if (!Variant.names(headers).isNone()) {
      return Optional.of("Vary");
    }
    boolean fits =
        request.resource().length() <= Limits.RESOURCE && length(travelling(headers)) <= HEADERS;
    return fits ? Optional.empty() : Optional.of("too long for a manifest");
  }

  /** Whether what is asked for is neither a document nor a script with rights of its own. */
  static boolean mayTravelAs(Request request) {
    return request.headers().first("sec-fetch-dest").filter(NEVER::contains).isEmpty();
  }

  /** Whether a representation of this size is worth a manifest, and within the protocol's limit. */
  static boolean hasRightSize(long size, PeersConfig peers) {
    return size >= Math.max(1, peers.minSize()) && size <= Limits.REPRESENTATION;
  }

  /** The headers that a manifest carries: all a reader will ever use. */
  static List<HeaderField> travelling(Headers headers) {
    return headers.fields().stream().filter(f -> TRAVELLING.contains(f.name())).toList();
  }

  private static int length(List<HeaderField> fields) {
    return fields.stream().mapToInt(f -> f.name().length() + f.value().length() + 8).sum();
  }
}
