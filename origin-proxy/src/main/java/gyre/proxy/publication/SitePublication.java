package gyre.proxy.publication;

import gyre.proxy.fetch.Publication.Representation;
import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.Digest;
import gyre.wire.Limits;
import gyre.wire.key.VerifyingKey;
import gyre.wire.manifest.ChunkList;
import gyre.wire.manifest.Manifest;
import gyre.wire.manifest.ManifestSigner;
import gyre.wire.manifest.SignedManifest;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What was signed of one site, as memory knows it; the store follows. Any thread.
 *
 * <p>At most {@code kept} resources, here and in the store: beyond that the longest unused is
 * forgotten, and renewed no more.
 */
final class SitePublication {
  static final int KEPT = 100_000;

  private final String site;
  private final int kept;
  private final PublicationStore store;
  private final InstantSource clock;
  private final SiteKeys keys;
  private final Untold untold = new Untold();
  private final Map<String, Published> entries =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Published> eldest) {
          if (size() <= kept) {
            return false;
          }
          forgotten(eldest.getValue());
          return true;
        }
      };
  private final Map<Digest, String> byDigest = new LinkedHashMap<>();
  private long generation;

  /** {@code rotation}: for how long a key signs; {@code kept}: so many resources at most. */
  SitePublication(
      String site, PublicationStore store, Duration rotation, int kept, InstantSource clock)
      throws SQLException {
    this.site = site;
    this.kept = kept;
    this.store = store;
    this.clock = clock;
    this.keys = new SiteKeys(site, store, rotation, clock.instant());
    this.generation = store.generation(site);
    for (Published entry : store.manifests(site, clock.instant(), kept)) {
      if (entry.signed().manifest().generation() >= generation) {
        remember(entry);
      }
    }
  }

  synchronized Optional<SignedManifest> fresh(String resource) {
    return valid(resource);
  }

  synchronized Optional<SignedManifest> byDigest(Digest digest) {
    return Optional.ofNullable(byDigest.get(digest)).flatMap(this::valid);
  }

  synchronized Optional<ChunkList> chunks(Digest digest) {
    return Optional.ofNullable(byDigest.get(digest))
        .map(entries::get)
        .filter(entry -> entry.signed().manifest().digest().equals(digest))
        .map(Published::chunks);
  }

  private Optional<SignedManifest> valid(String resource) {
    Published entry = entries.get(resource);
    if (entry == null) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    if (isOutdated(entry, now) && entry.freshUntil().isAfter(now)) {
      entry = renewed(entry, now);
    }
    return entry.isValid(now) ? Optional.of(entry.signed()) : Optional.empty();
  }

  /** Signs it, unless the same was signed and has most of its life before it. */
  synchronized Optional<SignedManifest> sign(Representation representation) {
    Instant now = clock.instant();
    if (!representation.freshUntil().isAfter(now)) {
      return Optional.empty();
    }
    Published known = entries.get(representation.resource());
    if (known != null && known.isValid(now) && !known.isDue(now) && says(known, representation)) {
      return Optional.of(known.signed());
    }
    Published signed = signed(representation, now);
    keep(signed);
    return Optional.of(signed.signed());
  }

  private static boolean says(Published known, Representation representation) {
    Manifest manifest = known.signed().manifest();
    return manifest.status() == representation.status()
        && manifest.headers().equals(representation.headers())
        && known.chunks().equals(representation.chunks())
        && !known.freshUntil().isBefore(representation.freshUntil().minus(Duration.ofSeconds(1)));
  }

  private Published signed(Representation of, Instant now) {
    SiteKey key = keys.signing(now);
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

  private boolean isOutdated(Published entry, Instant now) {
    return !entry.isValid(now) || entry.signed().manifest().generation() < generation;
  }

  private Published renewed(Published entry, Instant now) {
    Manifest manifest = entry.signed().manifest();
    Published renewed =
        signed(
            new Representation(
                manifest.resource(),
                manifest.status(),
                manifest.headers(),
                entry.chunks(),
                entry.freshUntil()),
            now);
    keep(renewed);
    return renewed;
  }

  private void keep(Published entry) {
    remember(entry);
    untold.add(entry.signed().manifest().resource());
    store.put(entry);
  }

  private void remember(Published entry) {
    Manifest manifest = entry.signed().manifest();
    Published before = entries.put(manifest.resource(), entry);
    if (before != null && !before.signed().manifest().digest().equals(manifest.digest())) {
      byDigest.remove(before.signed().manifest().digest(), manifest.resource());
    }
    byDigest.put(manifest.digest(), manifest.resource());
  }

  private void forgotten(Published entry) {
    Manifest manifest = entry.signed().manifest();
    byDigest.remove(manifest.digest(), manifest.resource());
    store.remove(site, manifest.resource());
  }

  void pageResource(String page, String resource) {
    untold.pages().seen(page, resource);
  }

  /**
   * Raises the generation: what was signed before, of these resources or of all, counts no more.
   */
  void withdraw(List<String> resources) throws SQLException {
    remove(resources);
    // Readers refuse whatever is older than the highest generation they saw: the rest is renewed.
    renewThose(entry -> entry.signed().manifest().generation() < generation());
  }

  private synchronized void remove(List<String> resources) throws SQLException {
    store.setGeneration(site, generation + 1);
    generation++;
    for (String resource : resources.isEmpty() ? List.copyOf(entries.keySet()) : resources) {
      Published entry = entries.remove(resource);
      if (entry != null) {
        forgotten(entry);
      }
      untold.remove(resource);
    }
    untold.withdraw(generation, resources);
  }

  private synchronized long generation() {
    return generation;
  }

  /** Adds a key now instead of when it is due. */
  synchronized void rotate() throws SQLException {
    keys.rotate(clock.instant());
  }

  /** Adds, retires and forgets the keys whose time has come. */
  synchronized void turnKeys() throws SQLException {
    keys.turn(clock.instant());
  }

  synchronized List<VerifyingKey> keys() {
    return keys.told(clock.instant());
  }

  /** Signs anew what is due; drops what is no longer fresh. */
  void renew() {
    dropStale();
    Instant now = clock.instant();
    renewThose(entry -> entry.isDue(now));
  }

  private synchronized void dropStale() {
    Instant now = clock.instant();
    for (Iterator<Published> all = entries.values().iterator(); all.hasNext(); ) {
      Published entry = all.next();
      if (!entry.freshUntil().isAfter(now)) {
        all.remove();
        Manifest manifest = entry.signed().manifest();
        byDigest.remove(manifest.digest(), manifest.resource());
      }
    }
    store.removeStale(site, now);
  }

  /** One by one: whoever looks something up waits for one signature at most. */
  private void renewThose(Predicate<Published> chosen) {
    for (Published entry : snapshot()) {
      if (chosen.test(entry)) {
        renewIfCurrent(entry);
      }
    }
  }

  private synchronized List<Published> snapshot() {
    return List.copyOf(entries.values());
  }

  private synchronized void renewIfCurrent(Published entry) {
    if (entry.equals(entries.get(entry.signed().manifest().resource()))) {
      renewed(entry, clock.instant());
    }
  }

  /** The swarm may know nothing, or what was withdrawn meanwhile: all is told again. */
  synchronized void again() {
    entries.keySet().forEach(untold::add);
    untold.again(generation);
  }

  /** The next message for the swarm, where there is something to tell. */
  synchronized Optional<ClientMessage> next() {
    Instant now = clock.instant();
    return untold.next(
        resource ->
            Optional.ofNullable(entries.get(resource))
                .filter(entry -> entry.isValid(now))
                .map(entry -> entry.signed().encoded()));
  }
}
