package gyre.proxy;

import gyre.operations.config.CacheConfig;
import gyre.operations.config.GyreConfig;
import gyre.proxy.cache.ChunkStore;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.HeadJournal;
import gyre.proxy.cache.MemoryChunkStore;
import gyre.proxy.store.HeadFile;
import gyre.proxy.store.TieredChunkStore;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the cache keeps content and heads: memory, above a disk where one is wanted and can be
 * used.
 *
 * @param content what the cache works with
 * @param largest bytes of a representation that is collected in memory before it is kept
 * @param disk what an earlier process has left
 */
record CacheStores(ChunkStore content, long largest, Optional<Disk> disk) implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CacheStores.class);

  /** Content and heads below {@code data/cache}. */
  record Disk(TieredChunkStore content, HeadFile heads) {}

  /** A disk that cannot be used is no reason not to start. */
  static CacheStores open(GyreConfig config, Consumer<ContentName> onLoss) {
    Path folder = config.data().resolve("cache");
    try {
      if (config.cache().disk() > 0) {
        Disk disk = disk(folder, config.cache(), onLoss);
        long collected = Math.min(disk.content().largest(), config.cache().largest());
        return new CacheStores(disk.content(), collected, Optional.of(disk));
      }
      if (Files.exists(folder)) {
        HeadFile.forget(folder);
      }
    } catch (IOException e) {
      LOG.warn("{}: no disk cache, memory alone is used: {}", folder, e.toString());
    }
    MemoryChunkStore store = new MemoryChunkStore(config.cache().memory(), onLoss);
    long collected = Math.min(store.largest(), config.cache().largest());
    return new CacheStores(store, collected, Optional.empty());
  }

  private static Disk disk(Path folder, CacheConfig config, Consumer<ContentName> onLoss)
      throws IOException {
    TieredChunkStore.Bounds bounds =
        new TieredChunkStore.Bounds(config.memory(), config.disk(), config.largest());
    TieredChunkStore content = TieredChunkStore.open(folder, bounds, onLoss);
    boolean ready = false;
    try {
      HeadFile heads = HeadFile.open(folder);
      ready = true;
      return new Disk(content, heads);
    } finally {
      if (!ready) {
        content.close();
      }
    }
  }

  /** {@code gyre_proxy_cache_bytes}, by {@code level}: memory and, where there is one, disk. */
  void report(MeterRegistry metrics) {
    if (disk.isEmpty()) {
      gauge(metrics, "memory", content::bytes);
    }
    disk.ifPresent(
        d -> {
          gauge(metrics, "memory", d.content()::memoryBytes);
          gauge(metrics, "disk", d.content()::diskBytes);
        });
  }

  private static void gauge(MeterRegistry metrics, String level, Supplier<Number> bytes) {
    Gauge.builder("gyre.proxy.cache.bytes", bytes).tag("level", level).register(metrics);
  }

  HeadJournal journal() {
    return disk.<HeadJournal>map(Disk::heads).orElse(HeadJournal.NONE);
  }

  /** What is known is written first: heads without content are of no use, content without is. */
  @Override
  public void close() {
    disk.ifPresent(d -> d.heads().close());
    content.close();
  }
}
