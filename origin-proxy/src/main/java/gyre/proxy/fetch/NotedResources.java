package gyre.proxy.fetch;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;

/**
 * Resources of whose answers the same was found out lately, so that their next requests need not
 * find it out again. At most 16 MiB; forgotten after a while. Any thread.
 */
final class NotedResources {
  private static final Duration MEMORY = Duration.ofMinutes(2);
  private static final long BYTES = 16 << 20;
  private static final int ENTRY = 128;

  private final Cache<String, Boolean> keys =
      Caffeine.newBuilder()
          .maximumWeight(BYTES)
          .weigher((String key, Boolean noted) -> ENTRY + key.length())
          .expireAfterWrite(MEMORY)
          .executor(Runnable::run)
          .build();

  void remember(String key) {
    keys.put(key, true);
  }

  void forget(String key) {
    keys.invalidate(key);
  }

  boolean contains(String key) {
    return keys.getIfPresent(key) != null;
  }
}
