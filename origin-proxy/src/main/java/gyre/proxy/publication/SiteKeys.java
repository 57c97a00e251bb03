package gyre.proxy.publication;

import gyre.proxy.fetch.Publication.Representation;
import gyre.wire.Bytes;
import gyre.wire.Limits;
import gyre.wire.key.SigningKey;
import gyre.wire.key.VerifyingKey;
import gyre.wire.manifest.ChunkList;
import gyre.wire.manifest.Manifest;
import gyre.wire.manifest.ManifestSigner;
import gyre.wire.manifest.SignedManifest;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signing keys of one site in their turn (DESIGN, section 6): told one longest manifest
 * lifetime before they sign, told for one such lifetime after the next one signs in their place,
 * then forgotten, here and in the store.
 *
 * <p>Looking up answers from memory on any thread; changes wait for the store, one at a time.
 */
final class SiteKeys {
  private static final Logger log = LoggerFactory.getLogger(SiteKeys.class);

  private final String site;
  private final PublicationStore store;
  private final Duration rotation;
  private volatile List<SiteKey> keys;

  /** The stored keys, oldest first; a site without one gets its first. */
  SiteKeys(String site, PublicationStore store, Duration rotation, Instant now)
      throws SQLException {
    this.site = site;
    this.store = store;
    this.rotation = rotation;
    this.keys = List.copyOf(store.keys(site));
    if (keys.stream().noneMatch(key -> key.signs(now))) {
      add(SiteKey.first(SigningKey.generate(), now));
    }
  }

  private void add(SiteKey key) throws SQLException {
    store.addKey(site, key);
    keys = Stream.concat(keys.stream(), Stream.of(key)).toList();
  }

  /** The one that signs now: the newest whose time has come. */
  SiteKey signing(Instant now) {
    return keys.stream()
        .filter(key -> key.signs(now))
        .reduce((older, newer) -> newer)
        .orElseThrow(() -> new IllegalStateException("no key of " + site + " signs"));
  }

  /** Signs what memory shall know of a representation that is still fresh. */
  Published sign(Representation of, long generation, Instant now) {
    SiteKey key = signing(now);
    Duration fresh = Duration.between(now, of.freshUntil());
    Duration lifetime =
        fresh.compareTo(Limits.MANIFEST_LIFETIME) < 0 ? fresh : Limits.MANIFEST_LIFETIME;
    ChunkList chunks = of.chunks();
    Manifest manifest =
        new Manifest(
            site,
            of.resource(),
            of.status(),
            of.headers(),
            chunks.size(),
            chunks.digest(),
            chunks.isInline() ? chunks.hashes() : Bytes.EMPTY,
            now,
            lifetime,
            generation,
            key.id());
    SignedManifest signed = new ManifestSigner(key.key()).sign(manifest);
    return new Published(signed, chunks, of.freshUntil());
  }

  /** Those by which visitors check manifests. */
  List<VerifyingKey> told(Instant now) {
    return keys.stream()
        .filter(key -> key.isTold(now))
        .map(key -> key.key().verifyingKey())
        .toList();
  }

  /** Does what is due: a new key, the end of an old one. */
  synchronized void turn(Instant now) throws SQLException {
    SiteKey newest = keys.getLast();
    if (!now.isBefore(newest.signsFrom().plus(rotation))) {
      rotate(now);
    }
    retire(now);
    for (SiteKey key : keys) {
      if (!key.isTold(now)) {
        store.removeKey(site, key.id());
        keys = keys.stream().filter(kept -> !kept.equals(key)).toList();
        log.info("{}: key {} is forgotten", site, key.id());
      }
    }
  }

  private void retire(Instant now) throws SQLException {
    SiteKey signing = signing(now);
    for (SiteKey key : keys) {
      if (key.signs(now) && !key.equals(signing)) {
        SiteKey retired = key.retiredAt(now);
        store.retireKey(site, retired.id(), now);
        keys = keys.stream().map(other -> other.equals(key) ? retired : other).toList();
      }
    }
  }

  /** Adds a key that will sign once everybody can know it; nothing where one waits already. */
  synchronized void rotate(Instant now) throws SQLException {
    if (keys.stream().allMatch(key -> !key.signsFrom().isAfter(now))) {
      SiteKey next = SiteKey.next(SigningKey.generate(), now);
      add(next);
      log.info("{}: key {} will sign from {}", site, next.id(), next.signsFrom());
    }
  }
}
