package gyre.proxy.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The heads of stored responses by key, within a bound of bytes: which one goes is Caffeine's
 * choice (W-TinyLFU). The journal hears of each change as it happens. Any thread.
 */
final class HeadIndex {
  private static final int VARIANTS = 16;
  private static final long ENTRY = 128;

  private final HeadJournal journal;
  private final Cache<String, List<StoredResponse>> heads;
  private final ConcurrentMap<String, List<StoredResponse>> map;

  /** {@code capacity}: of keys, heads and variants, in bytes of memory. */
  HeadIndex(long capacity, HeadJournal journal) {
    this.journal = journal;
    this.heads =
        Caffeine.newBuilder()
            .maximumWeight(capacity)
            .weigher(HeadIndex::weight)
            .executor(Runnable::run)
            .evictionListener(this::evicted)
            .build();
    this.map = heads.asMap();
  }

  private static int weight(String key, List<StoredResponse> variants) {
    long weight = ENTRY + key.length();
    for (StoredResponse variant : variants) {
      weight += variant.weight();
    }
    return Math.toIntExact(Math.min(Integer.MAX_VALUE, weight));
  }

  private void evicted(
      @Nullable String key, @Nullable List<StoredResponse> variants, RemovalCause cause) {
    if (key != null) {
      journal.changed(key, List.of());
    }
  }

  List<StoredResponse> variants(String key) {
    List<StoredResponse> variants = heads.getIfPresent(key);
    return variants == null ? List.of() : variants;
  }

  boolean contains(String key) {
    return map.containsKey(key);
  }

  Iterable<Map.Entry<String, List<StoredResponse>>> all() {
    return map.entrySet();
  }

  long size() {
    return heads.estimatedSize();
  }

  /** In place of an older one of the same variant, unless it is refused at the last moment. */
  void put(String key, StoredResponse response, BooleanSupplier isRefused) {
    map.compute(
        key,
        (k, variants) -> {
          if (isRefused.getAsBoolean()) {
            return variants;
          }
          List<StoredResponse> kept = new ArrayList<>();
          kept.add(response);
          (variants == null ? List.<StoredResponse>of() : variants)
              .stream()
                  .filter(other -> !other.variant().equals(response.variant()))
                  .limit(VARIANTS - 1)
                  .forEach(kept::add);
          return journalled(k, kept);
        });
  }

  /** Where nothing is known of the key; what is missing of {@code written} is no longer so. */
  void restore(String key, List<StoredResponse> valid, List<StoredResponse> written) {
    map.compute(
        key,
        (k, present) -> {
          if (present != null) {
            return present;
          }
          return valid.size() < written.size() || valid.isEmpty() ? journalled(k, valid) : valid;
        });
  }

  /** False where {@code before} is there no more. */
  boolean replace(String key, StoredResponse before, StoredResponse after) {
    AtomicBoolean found = new AtomicBoolean();
    map(
        key,
        each -> {
          found.compareAndSet(false, each.equals(before));
          return each.equals(before) ? after : each;
        });
    return found.get();
  }

  void map(String key, UnaryOperator<StoredResponse> change) {
    map.computeIfPresent(
        key,
        (k, variants) -> {
          List<StoredResponse> changed = variants.stream().map(change).toList();
          return changed.equals(variants) ? variants : journalled(k, changed);
        });
  }

  /** How many there were. */
  int remove(String key, Predicate<StoredResponse> unwanted) {
    AtomicInteger removed = new AtomicInteger();
    map.computeIfPresent(
        key,
        (k, variants) -> {
          List<StoredResponse> kept =
              variants.stream().filter(each -> !unwanted.test(each)).toList();
          removed.set(variants.size() - kept.size());
          return removed.get() == 0 ? variants : journalled(k, kept);
        });
    return removed.get();
  }

  private @Nullable List<StoredResponse> journalled(String key, List<StoredResponse> variants) {
    journal.changed(key, variants.stream().filter(StoredResponse::isWorthWriting).toList());
    return variants.isEmpty() ? null : List.copyOf(variants);
  }

  void clear() {
    journal.emptied();
    heads.invalidateAll();
  }
}
