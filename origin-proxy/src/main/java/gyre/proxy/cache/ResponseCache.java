package gyre.proxy.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import gyre.proxy.message.Request;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Stored responses by resource and variant, above a chunk store. Any thread. Looking up never
 * blocks where the store does not. The heads that it keeps are bounded by their bytes; which one
 * goes is Caffeine's choice (W-TinyLFU).
 */
public final class ResponseCache {
  private static final long INDEX = 128L << 20;
  private static final int VARIANTS = 16;
  private static final long ENTRY = 128;

  private final ChunkStore store;
  private final Cache<String, List<StoredResponse>> index;

  public ResponseCache(ChunkStore store) {
    this(store, INDEX);
  }

  /** {@code capacity}: of keys, heads and variants, in bytes of memory. */
  ResponseCache(ChunkStore store, long capacity) {
    this.store = store;
    this.index =
        Caffeine.newBuilder()
            .maximumWeight(capacity)
            .weigher(ResponseCache::weight)
            .executor(Runnable::run)
            .build();
  }

  private static int weight(String key, List<StoredResponse> variants) {
    long weight = ENTRY + key.length();
    for (StoredResponse variant : variants) {
      weight += variant.weight();
    }
    return Math.toIntExact(Math.min(Integer.MAX_VALUE, weight));
  }

  /** Never waits, for a disk neither. */
  public Verdict lookUp(Request request, Instant now) {
    return allowed(verdict(request, now), request);
  }

  /** Waits for a disk, where it holds the content. */
  public Verdict lookUpWaiting(Request request, Instant now) {
    Verdict verdict = lookUp(request, now);
    return verdict instanceof Verdict.OnDisk known ? recall(known, request, now) : verdict;
  }

  /** What becomes of a verdict once the disk was asked. Waits for it. */
  public Verdict recall(Verdict.OnDisk known, Request request, Instant now) {
    Verdict verdict =
        store
            .find(known.response().content())
            .map(content -> verdict(known.response(), content, request, now))
            .orElseGet(Verdict.Miss::new);
    return allowed(verdict, request);
  }

  private static Verdict allowed(Verdict verdict, Request request) {
    boolean onlyIfCached = Reuse.requestControl(request.headers()).has("only-if-cached");
    return switch (verdict) {
      case Verdict.Fresh _, Verdict.Ageing _, Verdict.OnDisk _ -> verdict;
      case Verdict.Stale _, Verdict.Miss _, Verdict.Unavailable _ ->
          onlyIfCached ? new Verdict.Unavailable() : verdict;
    };
  }

  private Verdict verdict(Request request, Instant now) {
    for (StoredResponse stored : variants(key(request))) {
      if (stored.variant().matches(request.headers())) {
        Optional<Representation> content = store.atOnce(stored.content());
        if (content.isPresent()) {
          return verdict(stored, content.get(), request, now);
        }
        return store.holds(stored.content()) ? new Verdict.OnDisk(stored) : new Verdict.Miss();
      }
    }
    return new Verdict.Miss();
  }

  private static Verdict verdict(
      StoredResponse stored, Representation content, Request request, Instant now) {
    return switch (Reuse.of(stored, request, now)) {
      case AT_ONCE -> new Verdict.Fresh(stored, content);
      case MEANWHILE -> new Verdict.Ageing(stored, content);
      case VALIDATED -> new Verdict.Stale(stored, content, Reuse.mayStandIn(stored, request, now));
    };
  }

  private List<StoredResponse> variants(String key) {
    List<StoredResponse> variants = index.getIfPresent(key);
    return variants == null ? List.of() : variants;
  }

  /** Keeps a response and its content, in place of an older one of the same variant. */
  public void put(Request request, StoredResponse response, Representation content)
      throws IOException {
    store.put(response.content(), content);
    put(request, response);
  }

  /** Keeps a response whose content is in the store: one that was validated. */
  public void put(Request request, StoredResponse response) {
    index
        .asMap()
        .compute(
            key(request),
            (key, variants) -> {
              List<StoredResponse> kept = new ArrayList<>();
              kept.add(response);
              (variants == null ? List.<StoredResponse>of() : variants)
                  .stream()
                      .filter(other -> !other.variant().equals(response.variant()))
                      .limit(VARIANTS - 1)
                      .forEach(kept::add);
              return List.copyOf(kept);
            });
  }

  /** A change upstream makes what is stored of this resource invalid (4.4). */
  public void invalidate(Request request) {
    index.invalidate(key(request));
  }

  /** Forgets these resources, written {@code //host/path}; all where none is named. */
  public void forget(List<String> resources) {
    if (resources.isEmpty()) {
      clear();
    }
    for (String resource : resources) {
      index.invalidateAll(List.of("http:" + resource, "https:" + resource));
    }
  }

  public void clear() {
    index.invalidateAll();
    store.clear();
  }

  public long bytes() {
    return store.bytes();
  }

  public long entries() {
    return index.estimatedSize();
  }

  /** The name under which everything that is known of a request's resource is kept. */
  public static String key(Request request) {
    return request.scheme() + ":" + request.resource();
  }
}
