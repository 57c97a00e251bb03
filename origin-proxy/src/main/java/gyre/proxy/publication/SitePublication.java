package gyre.proxy.publication;

import gyre.proxy.fetch.Publication.Representation;
import gyre.wire.ClientMessage;
import gyre.wire.Digest;
import gyre.wire.key.VerifyingKey;
import gyre.wire.manifest.ChunkList;
import gyre.wire.manifest.Manifest;
import gyre.wire.manifest.SignedManifest;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What was signed of one site, as memory knows it; the store follows. Any thread.
 *
 * <p>At most {@code kept} resources, here and in the store: beyond that the longest unused is
 * forgotten, and renewed no more.
 */
final class SitePublication {
  static final int KEPT = 100_000;
  private static final int RENEWED = 500;

  private final String site;
  private final int kept;
  private final PublicationStore store;
  private final InstantSource clock;
  private final SiteKeys keys;
  private final Untold untold = new Untold();
  private final Withdrawals withdrawals = new Withdrawals();

  /** Of an older generation, to be signed anew; touched by whoever settles alone. */
  private final Deque<Published> outdated = new ArrayDeque<>();

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

  synchronized Optional<Instant> freshUntil(String resource) {
    return Optional.ofNullable(entries.get(resource)).map(Published::freshUntil);
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

  synchronized Set<String> resources() {
    return Set.copyOf(entries.keySet());
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
    if (known != null && known.isValid(now) && !known.isDue(now) && known.says(representation)) {
      return Optional.of(known.signed());
    }
    Published signed = keys.sign(representation, generation, now);
    keep(signed);
    return Optional.of(signed.signed());
  }

  private boolean isOutdated(Published entry, Instant now) {
    return !entry.isValid(now) || entry.signed().manifest().generation() < generation;
  }

  private Published renewed(Published entry, Instant now) {
    Manifest manifest = entry.signed().manifest();
    Published renewed =
        keys.sign(
            new Representation(
                manifest.resource(),
                manifest.status(),
                manifest.headers(),
                entry.chunks(),
                entry.freshUntil()),
            generation,
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
    untold.remove(manifest.resource());
    store.remove(site, manifest.resource());
  }

  void pageResource(String page, String resource) {
    untold.pages().seen(page, resource);
  }

  /**
   * Takes back what was signed of these resources, or of all where none is named: here at once, for
   * everybody else with the next {@link #settle}.
   */
  synchronized void withdraw(List<String> resources) {
    for (String resource : resources.isEmpty() ? List.copyOf(entries.keySet()) : resources) {
      Published entry = entries.remove(resource);
      if (entry != null) {
        forgotten(entry);
      }
    }
    withdrawals.add(resources);
  }

  /**
   * Raises the generation where something was taken back since, and signs a few of those anew that
   * the last raise made old: readers refuse what is older than the highest generation they saw. By
   * one thread, again and again; what fails to be stored is tried again by the next call.
   */
  void settle() throws SQLException {
    long raised = pending();
    if (raised > generation()) {
      store.setGeneration(site, raised);
      raise(raised);
    }
    for (int i = 0; i < RENEWED && !outdated.isEmpty(); i++) {
      renewIfCurrent(outdated.removeFirst());
    }
  }

  /** The generation that makes what waits known; the present one where nothing waits. */
  private synchronized long pending() {
    return withdrawals.isEmpty() ? generation : generation + 1;
  }

  private synchronized void raise(long raised) {
    generation = raised;
    untold.withdraw(generation, withdrawals.take());
    outdated.clear();
    outdated.addAll(entries.values());
  }

  private synchronized long generation() {
    return generation;
  }

  /** Adds a key now instead of when it is due. */
  void rotate() throws SQLException {
    keys.rotate(clock.instant());
  }

  /** Adds, retires and forgets the keys whose time has come. */
  void turnKeys() throws SQLException {
    keys.turn(clock.instant());
  }

  /** Never waits: neither for the store nor for a signature. */
  List<VerifyingKey> keys() {
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
        untold.remove(manifest.resource());
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
                .filter(entry -> !isOutdated(entry, now))
                .map(entry -> entry.signed().encoded()));
  }
}
