package gyre.proxy.fetch;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;

/**
 * Resources whose answer lately turned out to be for one visitor only: their requests go straight
 * on with the visitor's own cookie, and do not wait for one another. Bounded; forgotten after a
 * while.
 */
final class PrivateResources {
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
