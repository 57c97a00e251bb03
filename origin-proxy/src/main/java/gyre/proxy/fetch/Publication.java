package gyre.proxy.fetch;

import gyre.wire.Digest;
import gyre.wire.HeaderField;
import gyre.wire.key.VerifyingKey;
import gyre.wire.manifest.ChunkList;
import gyre.wire.manifest.SignedManifest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What this proxy has signed about representations, kept in durable storage and told to the swarm.
 *
 * <p>Every look-up answers from memory and may be called on any thread; what has to be written is
 * handed to the store's own thread.
 */
public interface Publication {

  /**
   * A complete representation that may travel (DESIGN, section 6): its allow-listed response
   * headers, its chunks, and the end of its freshness (RFC 9111, 4.2).
   */
  record Representation(
      String resource,
      int status,
      List<HeaderField> headers,
      ChunkList chunks,
      Instant freshUntil) {
    public Representation {
      headers = List.copyOf(headers);
    }
  }

  /** The manifest of a resource, where one is valid now. */
  Optional<SignedManifest> fresh(String site, String resource);

  /** Until when that representation is fresh, which may be longer than one manifest is valid. */
  Optional<Instant> freshUntil(String site, String resource);

  /** A manifest of this digest that is valid now. */
  Optional<SignedManifest> byDigest(String site, Digest digest);

  /** The chunk hashes of a representation that was signed here, also where its bytes are gone. */
  Optional<ChunkList> chunks(String site, Digest digest);

  /**
   * Signs, stores and publishes. An unchanged representation whose manifest has most of its life
   * before it keeps that manifest. Empty where the representation is no longer fresh.
   */
  Optional<SignedManifest> sign(String site, Representation representation);

  /** A page (by Referer or by its HTML) has asked for this resource. */
  void pageResource(String site, String page, String resource);

  /**
   * Takes back what was signed before: of these resources, or of all where none is named. Here at
   * once; the swarm hears of it within a second, or once the store can take it. Never blocks.
   */
  void withdraw(String site, List<String> resources);

  /** The keys by which visitors check this site's manifests: the signing one and its neighbours. */
  List<VerifyingKey> keys(String site);
}
