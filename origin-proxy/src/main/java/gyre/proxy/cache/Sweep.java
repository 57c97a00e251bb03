package gyre.proxy.cache;

import gyre.proxy.cache.ResponseCache.Purged;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a purge does to what is stored, once {@link Purges} knows of it for the fetches that are
 * under way. Goes through all heads. Any thread.
 */
final class Sweep {
  private final ChunkStore store;
  private final HeadIndex index;
  private final Purges purges;

  Sweep(ChunkStore store, HeadIndex index, Purges purges) {
    this.store = store;
    this.index = index;
    this.purges = purges;
  }

  /** Forgets what is meant, and its content where nothing else has the same. */
  Purged forget(Purge purge) {
    Set<ContentName> contents = new HashSet<>();
    Purged purged =
        change(
            purge,
            (key, meant) -> {
              meant.forEach(each -> contents.add(each.content()));
              return index.remove(key, meant::contains);
            });
    if (purge instanceof Purge.Everything) {
      store.names().stream().filter(n -> n.site().equals(purge.site())).forEach(contents::add);
    }
    removeUnused(contents);
    return purged;
  }

  /** Makes what is meant stale. */
  Purged expire(Purge purge, Instant now) {
    return change(
        purge,
        (key, meant) -> {
          index.map(key, each -> meant.contains(each) ? each.expired(now) : each);
          return meant.size();
        });
  }

  /** What is done to the responses to a key that are meant; how many that were. */
  @FunctionalInterface
  private interface Change {
    int of(String key, List<StoredResponse> meant);
  }

  private Purged change(Purge purge, Change change) {
    purges.rule(purge);
    int responses = 0;
    Set<String> resources = new HashSet<>();
    for (Map.Entry<String, List<StoredResponse>> entry : index.all()) {
      String resource = CacheKey.resource(entry.getKey());
      List<StoredResponse> meant =
          entry.getValue().stream()
              .filter(each -> each.content().site().equals(purge.site()))
              .filter(each -> purge.covers(resource, each.headers()))
              .toList();
      if (!meant.isEmpty()) {
        responses += change.of(entry.getKey(), meant);
        resources.add(resource);
      }
    }
    return new Purged(responses, resources);
  }

  /** Removes what of this content no head names. */
  void removeUnused(Set<ContentName> contents) {
    for (Map.Entry<String, List<StoredResponse>> entry : index.all()) {
      entry.getValue().forEach(each -> contents.remove(each.content()));
    }
    contents.forEach(store::remove);
  }
}
