package gyre.signalling.directory;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** A map of bounded weight: past its capacity the least recently used entries go. */
final class RecentlyUsed<V> {
  private final long capacity;
  private final ToLongFunction<V> weigher;
  private final Map<String, V> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long weight;

  RecentlyUsed(long capacity, ToLongFunction<V> weigher) {
    this.capacity = capacity;
    this.weigher = weigher;
  }

  Optional<V> find(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  void put(String key, V value) {
    V before = entries.put(key, value);
    weight += weigher.applyAsLong(value) - (before == null ? 0 : weigher.applyAsLong(before));
    Iterator<V> eldest = entries.values().iterator();
    while (weight > capacity) {
      weight -= weigher.applyAsLong(eldest.next());
      eldest.remove();
    }
  }

  void remove(String key) {
    V before = entries.remove(key);
    if (before != null) {
      weight -= weigher.applyAsLong(before);
    }
  }

  void removeIf(Predicate<V> isGone) {
    Iterator<V> all = entries.values().iterator();
    while (all.hasNext()) {
      V value = all.next();
      if (isGone.test(value)) {
        all.remove();
        weight -= weigher.applyAsLong(value);
      }
    }
  }

  int size() {
    return entries.size();
  }

  long weight() {
    return weight;
  }
}
