package gyre.proxy.publication;

import gyre.proxy.fetch.Publication.Representation;
import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.Digest;
import gyre.wire.Limits;
import gyre.wire.PageResources;
import gyre.wire.key.SigningKey;
import gyre.wire.key.VerifyingKey;
import gyre.wire.manifest.ChunkList;
import gyre.wire.manifest.Manifest;
import gyre.wire.manifest.ManifestSigner;
import gyre.wire.manifest.SignedManifest;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Predicate;

/**
 * What was signed of one site, as memory knows it; the store follows. Any thread.
 *
 * <p>At most {@link #KEPT} resources: beyond that the longest unused is forgotten here, and renewed
 * no more.
 */
final class SitePublication {
  private static final int KEPT = 100_000;

  /** Leaves room for the envelope within {@link Limits#SIGNALLING_FRAME}. */
  private static final int BATCH = 60_000;

  private final String site;
  private final PublicationStore store;
  private final InstantSource clock;
  private final List<SiteKey> keys;
  private final Pages pages = new Pages();
  private final Map<String, Published> entries =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Published> eldest) {
          if (size() > KEPT) {
            byDigest.remove(eldest.getValue().signed().manifest().digest());
            return true;
          }
          return false;
        }
      };
  private final Map<Digest, String> byDigest = new LinkedHashMap<>();
  private final SequencedSet<String> unpublished = new LinkedHashSet<>();
  private final List<ClientMessage.Withdraw> withdrawals = new ArrayList<>();
  private long generation;

  SitePublication(String site, PublicationStore store, InstantSource clock) throws SQLException {
    this.site = site;
    this.store = store;
    this.clock = clock;
    this.keys = new ArrayList<>(store.keys(site));
    this.generation = store.generation(site);
    if (SiteKey.signing(keys, clock.instant()).isEmpty()) {
      SiteKey first = SiteKey.first(SigningKey.generate(), clock.instant());
      store.addKey(site, first);
      keys.add(first);
    }
    for (Published entry : store.manifests(site, clock.instant())) {
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
    Optional<Published> signed = signed(representation, now);
    signed.ifPresent(this::keep);
    return signed.map(Published::signed);
  }

  private static boolean says(Published known, Representation representation) {
    Manifest manifest = known.signed().manifest();
    return manifest.status() == representation.status()
        && manifest.headers().equals(representation.headers())
        && known.chunks().equals(representation.chunks())
        && !known.freshUntil().isBefore(representation.freshUntil().minus(Duration.ofSeconds(1)));
  }

  private Optional<Published> signed(Representation of, Instant now) {
    Optional<SiteKey> key = SiteKey.signing(keys, now);
    if (key.isEmpty()) {
      return Optional.empty();
    }
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
            key.get().id());
    SignedManifest signed = new ManifestSigner(key.get().key()).sign(manifest);
    return Optional.of(new Published(signed, chunks, of.freshUntil()));
  }

  private boolean isOutdated(Published entry, Instant now) {
    return !entry.isValid(now) || entry.signed().manifest().generation() < generation;
  }

  private Published renewed(Published entry, Instant now) {
    Manifest manifest = entry.signed().manifest();
    Optional<Published> renewed =
        signed(
            new Representation(
                manifest.resource(),
                manifest.status(),
                manifest.headers(),
                entry.chunks(),
                entry.freshUntil()),
            now);
    renewed.ifPresent(this::keep);
    return renewed.orElse(entry);
  }

  private void keep(Published entry) {
    remember(entry);
    unpublished.add(entry.signed().manifest().resource());
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

  void pageResource(String page, String resource) {
    pages.seen(page, resource);
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
        byDigest.remove(entry.signed().manifest().digest(), resource);
        store.remove(site, resource);
      }
      unpublished.remove(resource);
    }
    queueWithdrawals(resources);
  }

  private synchronized long generation() {
    return generation;
  }

  private void queueWithdrawals(List<String> resources) {
    if (resources.isEmpty()) {
      withdrawals.add(new ClientMessage.Withdraw(generation, List.of()));
    }
    for (int i = 0; i < resources.size(); i += Limits.WITHDRAW_RESOURCES) {
      int end = Math.min(resources.size(), i + Limits.WITHDRAW_RESOURCES);
      withdrawals.add(new ClientMessage.Withdraw(generation, resources.subList(i, end)));
    }
  }

  /** Adds a key that will sign once everybody can know it. */
  synchronized void rotate() throws SQLException {
    SiteKey next = SiteKey.next(SigningKey.generate(), clock.instant());
    store.addKey(site, next);
    keys.add(next);
  }

  synchronized List<VerifyingKey> keys() {
    Instant now = clock.instant();
    return keys.stream()
        .filter(key -> key.isTold(now))
        .map(key -> key.key().verifyingKey())
        .toList();
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
        store.remove(site, manifest.resource());
      }
    }
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
    Instant now = clock.instant();
    entries.forEach(
        (resource, entry) -> {
          if (entry.isValid(now)) {
            unpublished.add(resource);
          }
        });
    pages.again();
    if (generation > 0) {
      withdrawals.clear();
      withdrawals.add(new ClientMessage.Withdraw(generation, List.of()));
    }
  }

  /** The next message for the swarm, where there is something to tell. */
  synchronized Optional<ClientMessage> next() {
    if (!withdrawals.isEmpty()) {
      return Optional.of(withdrawals.removeFirst());
    }
    List<Bytes> manifests = new ArrayList<>();
    int left = BATCH;
    while (!unpublished.isEmpty() && manifests.size() < Limits.PUBLISH_MANIFESTS) {
      Published entry = entries.get(unpublished.getFirst());
      int length = entry == null ? 0 : entry.signed().encoded().length() + 5;
      if (length > left) {
        break;
      }
      unpublished.removeFirst();
      if (entry != null && entry.isValid(clock.instant())) {
        manifests.add(entry.signed().encoded());
        left -= length;
      }
    }
    List<PageResources> told =
        manifests.isEmpty() ? pages.take(Limits.PUBLISH_PAGES, BATCH) : List.of();
    return manifests.isEmpty() && told.isEmpty()
        ? Optional.empty()
        : Optional.of(new ClientMessage.Publish(manifests, told));
  }
}
