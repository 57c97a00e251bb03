package gyre.proxy;

import gyre.operations.config.GyreConfig;
import gyre.proxy.cache.ChunkStore;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.MemoryChunkStore;
import gyre.proxy.store.TieredChunkStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the cache keeps content: memory, above a disk where one is wanted and can be used.
 *
 * @param all what the cache works with
 * @param largest bytes of a representation that it keeps
 * @param tiered the same with its disk, which has to be loaded
 */
record CacheStores(ChunkStore all, long largest, Optional<TieredChunkStore> tiered) {
  private static final Logger LOG = LoggerFactory.getLogger(CacheStores.class);

  /** A disk that cannot be used is no reason not to start. */
  static CacheStores open(GyreConfig config, Consumer<ContentName> onLoss) {
    long memory = config.cache().memory();
    Path folder = config.data().resolve("cache");
    if (config.cache().disk() > 0) {
      try {
        TieredChunkStore tiered =
            TieredChunkStore.open(folder, memory, config.cache().disk(), onLoss);
        return new CacheStores(tiered, tiered.largest(), Optional.of(tiered));
      } catch (IOException e) {
        LOG.warn("{}: no disk cache, memory alone is used: {}", folder, e.toString());
      }
    }
    MemoryChunkStore store = new MemoryChunkStore(memory, onLoss);
    return new CacheStores(store, store.largest(), Optional.empty());
  }
}
