package gyre.proxy.cache;

import gyre.proxy.message.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What was forgotten since when, so that a fetch that began before does not bring it back. Of
 * single resources a table of fixed size remembers it, which may take one for another; of purges by
 * rule the last {@link #RULES}. In doubt something counts as forgotten. Any thread; never waits.
 */
final class Purges {
  private static final int STRIPES = 1 << 14;
  private static final int RULES = 64;

  private record Rule(long mark, Purge purge) {}

  private final AtomicLong last = new AtomicLong();
  private final AtomicLongArray stamps = new AtomicLongArray(STRIPES);
  private volatile List<Rule> rules = List.of();
  private volatile long floor;

  /** Now: what is forgotten from here on is forgotten since. */
  long mark() {
    return last.get();
  }

  void key(String key) {
    stamps.accumulateAndGet(stripe(key), last.incrementAndGet(), Math::max);
  }

  synchronized void everything() {
    floor = last.incrementAndGet();
    rules = List.of();
  }

  synchronized void rule(Purge purge) {
    List<Rule> more = new ArrayList<>(rules);
    more.add(new Rule(last.incrementAndGet(), purge));
    while (more.size() > RULES) {
      floor = more.removeFirst().mark();
    }
    rules = List.copyOf(more);
  }

  /** Whether this response to this key was forgotten after the mark. */
  boolean since(long mark, String key, String site, Headers headers) {
    if (floor > mark || stamps.get(stripe(key)) > mark) {
      return true;
    }
    for (Rule rule : rules) {
      if (rule.mark() > mark
          && rule.purge().site().equals(site)
          && rule.purge().covers(CacheKey.resource(key), headers)) {
        return true;
      }
    }
    return false;
  }

  private static int stripe(String key) {
    int hash = key.hashCode();
    return (hash ^ (hash >>> 16)) & (STRIPES - 1);
  }
}
