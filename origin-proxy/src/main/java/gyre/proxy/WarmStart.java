package gyre.proxy;

import gyre.operations.config.SiteConfig;
import gyre.proxy.cache.CacheKey;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.ResponseCache;
import gyre.proxy.cache.StoredResponse;
import gyre.proxy.fetch.HoldingsListener;
import gyre.proxy.fetch.Publication;
import gyre.proxy.route.RoutePolicy;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what an earlier process has left on disk, while this one listens already: until a
 * response is taken in, its request is a miss.
 */
final class WarmStart {
  private static final Logger LOG = LoggerFactory.getLogger(WarmStart.class);

  private final CacheStores.Disk disk;
  private final ResponseCache cache;
  private final RoutePolicy policy;
  private final Publication publication;
  private final HoldingsListener listener;

  WarmStart(
      CacheStores.Disk disk,
      ResponseCache cache,
      RoutePolicy policy,
      Publication publication,
      HoldingsListener listener) {
    this.disk = disk;
    this.cache = cache;
    this.policy = policy;
    this.publication = publication;
    this.listener = listener;
  }

  /** On a thread of its own, {@code gyre-disk-load}, for as long as it takes. */
  void begin() {
    Thread.ofPlatform().daemon().name("gyre-disk-load").start(this::run);
  }

  /** Blocks until all is taken in. */
  void run() {
    long begun = System.nanoTime();
    disk.content().load();
    try {
      disk.heads().load((key, variants) -> cache.restore(key, variants, isOfItsSite(key)));
      cache.removeUnused();
    } catch (IOException e) {
      LOG.warn("the disk cache is not taken in whole: {}", e.getMessage());
    }
    long announced = disk.content().names().stream().filter(this::announced).count();
    LOG.info(
        "the disk cache holds {} responses, {} MiB; {} are for peers, too (read in {} ms)",
        cache.entries(),
        cache.bytes() >> 20,
        announced,
        (System.nanoTime() - begun) / 1_000_000);
  }

  /** A host may have been given to another site since. */
  private Predicate<StoredResponse> isOfItsSite(String key) {
    Optional<String> site = policy.siteOf(CacheKey.host(key)).map(SiteConfig::id);
    return stored -> site.filter(stored.content().site()::equals).isPresent();
  }

  private boolean announced(ContentName name) {
    boolean isSigned = publication.byDigest(name.site(), name.digest()).isPresent();
    if (isSigned) {
      listener.gained(name.site(), name.digest());
    }
    return isSigned;
  }
}
