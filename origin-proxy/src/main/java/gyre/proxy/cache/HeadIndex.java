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
 *
 * <p>Keys that are known by errors alone are kept apart, so that a flood of them drives out nothing
 * else, and never journalled.
 */
final class HeadIndex {
  private static final int VARIANTS = 16;
  private static final long ENTRY = 128;

  /** So much of the capacity, one in as many, is for what is known by errors alone. */
  private static final int ERRORS = 16;

  private final HeadJournal journal;
  private final Cache<String, List<StoredResponse>> heads;
  private final ConcurrentMap<String, List<StoredResponse>> map;
  private final Cache<String, List<StoredResponse>> errors;

  /** {@code capacity}: of keys, heads and variants, in bytes of memory. */
  HeadIndex(long capacity, HeadJournal journal) {
    this.journal = journal;
    this.heads = bounded(capacity - capacity / ERRORS).evictionListener(this::evicted).build();
    this.errors = bounded(capacity / ERRORS).build();
    this.map = heads.asMap();
  }

  private static Caffeine<String, List<StoredResponse>> bounded(long capacity) {
    return Caffeine.newBuilder()
        .maximumWeight(capacity)
        .weigher(HeadIndex::weight)
        .executor(Runnable::run);
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
    if (variants == null) {
      variants = errors.getIfPresent(key);
    }
    return variants == null ? List.of() : variants;
  }

  boolean contains(String key) {
    return map.containsKey(key) || errors.asMap().containsKey(key);
  }

  /** What is there now, read as it changes. */
  List<Map.Entry<String, List<StoredResponse>>> all() {
    List<Map.Entry<String, List<StoredResponse>>> all = new ArrayList<>(map.entrySet());
    all.addAll(errors.asMap().entrySet());
    return all;
  }

  long size() {
    return heads.estimatedSize() + errors.estimatedSize();
  }

  /** In place of an older one of the same variant, unless it is refused at the last moment. */
  void put(String key, StoredResponse response, BooleanSupplier isRefused) {
    boolean isErrorAlone = response.status() >= 400 && !map.containsKey(key);
    if (isErrorAlone) {
      errors.asMap().compute(key, (k, known) -> with(known, response, isRefused));
      return;
    }
    map.compute(
        key,
        (k, known) -> {
          List<StoredResponse> variants = with(known, response, isRefused);
          return variants == null || variants.equals(known) ? known : journalled(k, variants);
        });
    errors.invalidate(key);
  }

  private static @Nullable List<StoredResponse> with(
      @Nullable List<StoredResponse> known, StoredResponse response, BooleanSupplier isRefused) {
    if (isRefused.getAsBoolean()) {
      return known;
    }
    List<StoredResponse> variants = new ArrayList<>();
    variants.add(response);
    if (known != null) {
      known.stream()
          .filter(other -> !other.variant().equals(response.variant()))
          .limit(VARIANTS - 1)
          .forEach(variants::add);
    }
    return List.copyOf(variants);
  }

  /** Where nothing is known of the key; what is missing of {@code written} is no longer so. */
  void restore(String key, List<StoredResponse> held, List<StoredResponse> written) {
    List<StoredResponse> valid = errors.asMap().containsKey(key) ? List.of() : held;
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
    errors.asMap().computeIfPresent(key, (k, known) -> known.stream().map(change).toList());
  }

  /** How many there were. */
  int remove(String key, Predicate<StoredResponse> unwanted) {
    AtomicInteger removed = new AtomicInteger();
    map.computeIfPresent(
        key,
        (k, variants) -> {
          List<StoredResponse> kept = without(variants, unwanted);
          removed.addAndGet(variants.size() - kept.size());
          return kept.size() == variants.size() ? variants : journalled(k, kept);
        });
    errors
        .asMap()
        .computeIfPresent(
            key,
            (k, variants) -> {
              List<StoredResponse> kept = without(variants, unwanted);
              removed.addAndGet(variants.size() - kept.size());
              return kept.isEmpty() ? null : kept;
            });
    return removed.get();
  }

  private static List<StoredResponse> without(
      List<StoredResponse> variants, Predicate<StoredResponse> unwanted) {
    return variants.stream().filter(each -> !unwanted.test(each)).toList();
  }

  private @Nullable List<StoredResponse> journalled(String key, List<StoredResponse> variants) {
    journal.changed(key, variants.stream().filter(StoredResponse::isWorthWriting).toList());
    return variants.isEmpty() ? null : List.copyOf(variants);
  }

  void clear() {
    journal.emptied();
    heads.invalidateAll();
    errors.invalidateAll();
  }
}
