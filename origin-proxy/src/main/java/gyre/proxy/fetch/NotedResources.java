package gyre.proxy.fetch;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;

/**
 * Resources of whose answers the same was found out lately, so that their next requests need not
 * find it out again. Bounded; forgotten after a while. Any thread.
 */
final class NotedResources {
  private static final Duration MEMORY = Duration.ofMinutes(2);
  private static final int MOST = 50_000;

  private final Cache<String, Boolean> keys =
      Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(MEMORY).build();

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
