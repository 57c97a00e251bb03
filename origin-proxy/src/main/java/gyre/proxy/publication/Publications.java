package gyre.proxy.publication;

import gyre.operations.start.StartFailure;
import gyre.proxy.fetch.Publication;
import gyre.wire.ClientMessage;
import gyre.wire.Digest;
import gyre.wire.key.VerifyingKey;
import gyre.wire.manifest.ChunkList;
import gyre.wire.manifest.SignedManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The publications of all sites, over one store, {@code data/publication.db}. A thread {@code
 * publication} tells the swarm what is new four times a second, in batches, and renews manifests
 * and keys every ten seconds. What is taken back counts here at once; the same thread makes it
 * known.
 */
public final class Publications implements Publication, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Publications.class);
  private static final Duration RENEWAL = Duration.ofSeconds(10);
  private static final int MESSAGES_PER_TURN = 8;

  private final PublicationStore store;
  private final Map<String, SitePublication> sites = new ConcurrentHashMap<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("publication").factory());

  private final Duration rotation;
  private final InstantSource clock;

  private Publications(PublicationStore store, Duration rotation, InstantSource clock) {
    this.store = store;
    this.rotation = rotation;
    this.clock = clock;
  }

  /**
   * Opens the store below the data folder, and makes the keys of sites that have none; {@code
   * rotation}: for how long a key signs. A StartFailure names what cannot be read or made.
   */
  public static Publications open(
      Path data, List<String> sites, Duration rotation, InstantSource clock) {
    Path file = data.resolve("publication.db");
    try {
      Publications publications = new Publications(PublicationStore.open(file), rotation, clock);
      boolean ready = false;
      try {
        for (String site : sites) {
          publications.make(site);
        }
        ready = true;
        return publications;
      } finally {
        if (!ready) {
          publications.close();
        }
      }
    } catch (SQLException e) {
      throw unusable(file, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw unusable(file, e.toString(), e);
    }
  }

  private static StartFailure unusable(Path file, String reason, Exception cause) {
    return new StartFailure(
        file
            + ": cannot be used ("
            + reason
            + "); see to free space, owner and mode, and run the version that wrote it last;"
            + " moved away, it is made anew with new keys",
        cause);
  }

  private void make(String site) throws SQLException {
    if (!sites.containsKey(site)) {
      sites.put(site, new SitePublication(site, store, rotation, SitePublication.KEPT, clock));
    }
  }

  /** Takes one site more. A StartFailure where the store does not have its keys in time. */
  public void add(String site) {
    try {
      thread
          .submit(
              () -> {
                make(site);
                return site;
              })
          .get(10, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new StartFailure("site '" + site + "': no keys of its own: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("site '" + site + "': interrupted", e);
    }
  }

  /** Begins to publish and to renew. */
  public void start(Publisher publisher) {
    var _ =
        thread.scheduleWithFixedDelay(() -> publish(publisher), 100, 250, TimeUnit.MILLISECONDS);
    long renewal = RENEWAL.toMillis();
    var _ = thread.scheduleWithFixedDelay(this::renew, renewal, renewal, TimeUnit.MILLISECONDS);
  }

  /** The site has a new connection to its swarm: everything is told again. Returns at once. */
  public void joined(String site) {
    var _ =
        thread.schedule(
            () -> Optional.ofNullable(sites.get(site)).ifPresent(SitePublication::again),
            0,
            TimeUnit.MILLISECONDS);
  }

  @Override
  public Optional<SignedManifest> fresh(String site, String resource) {
    return site(site).flatMap(found -> found.fresh(resource));
  }

  @Override
  public Optional<Instant> freshUntil(String site, String resource) {
    return site(site).flatMap(found -> found.freshUntil(resource));
  }

  @Override
  public Optional<SignedManifest> byDigest(String site, Digest digest) {
    return site(site).flatMap(found -> found.byDigest(digest));
  }

  @Override
  public Optional<ChunkList> chunks(String site, Digest digest) {
    return site(site).flatMap(found -> found.chunks(digest));
  }

  @Override
  public Optional<SignedManifest> sign(String site, Representation representation) {
    return site(site).flatMap(found -> found.sign(representation));
  }

  @Override
  public void pageResource(String site, String page, String resource) {
    site(site).ifPresent(found -> found.pageResource(page, resource));
  }

  @Override
  public void withdraw(String site, List<String> resources) {
    site(site).ifPresent(found -> found.withdraw(resources));
  }

  /** The resources of a site for which a manifest is kept. */
  public Set<String> resources(String site) {
    return site(site).map(SitePublication::resources).orElse(Set.of());
  }

  /**
   * As {@link #withdraw}, and waits until the store has it: ten seconds at most. After an
   * SQLException it counts here all the same, and is tried again.
   */
  public void purge(String site, List<String> resources) throws SQLException {
    SitePublication found = sites.get(site);
    if (found == null) {
      return;
    }
    found.withdraw(resources);
    try {
      thread
          .submit(
              () -> {
                found.settle();
                return site;
              })
          .get(10, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new SQLException("the store has not taken it yet: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted while the store takes it", e);
    }
  }

  @Override
  public List<VerifyingKey> keys(String site) {
    return site(site).map(SitePublication::keys).orElse(List.of());
  }

  /**
   * Publishes a new key, which signs one longest manifest lifetime later, unless one waits already.
   * False where there is no such site.
   */
  public boolean rotateKey(String site) throws SQLException {
    SitePublication found = sites.get(site);
    if (found == null) {
      return false;
    }
    found.rotate();
    return true;
  }

  private Optional<SitePublication> site(String site) {
    return Optional.ofNullable(sites.get(site));
  }

  private void publish(Publisher publisher) {
    for (Map.Entry<String, SitePublication> site : sites.entrySet()) {
      try {
        site.getValue().settle();
        publish(site.getKey(), site.getValue(), publisher);
      } catch (SQLException | RuntimeException e) {
        LOG.error("news of {} were not published; they wait", site.getKey(), e);
      }
    }
  }

  private static void publish(String site, SitePublication publication, Publisher publisher) {
    for (int i = 0; i < MESSAGES_PER_TURN; i++) {
      Optional<ClientMessage> message = publication.next();
      // Without a connection it is dropped: the next one is told everything.
      if (message.isEmpty() || !publisher.tell(site, message.get())) {
        return;
      }
    }
  }

  private void renew() {
    for (Map.Entry<String, SitePublication> site : sites.entrySet()) {
      try {
        site.getValue().turnKeys();
        site.getValue().renew();
      } catch (SQLException | RuntimeException e) {
        LOG.error("keys or manifests of {} were not renewed", site.getKey(), e);
      }
    }
  }

  /** What was taken back so far is stored before the store closes. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (thread.awaitTermination(5, TimeUnit.SECONDS)) {
        for (SitePublication site : sites.values()) {
          site.settle();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SQLException e) {
      LOG.error("what was taken back last is not stored", e);
    } finally {
      store.close();
    }
  }
}
