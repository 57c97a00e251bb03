package gyre.proxy.cache;

import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stored responses by resource and variant, above a chunk store. Any thread. Looking up never
 * waits; only what says so waits for a disk. The heads that it keeps are bounded by their bytes.
 *
 * <p>Errors that do not say how long they hold are fresh for a moment, for those without a cookie:
 * who is known to the site may well find there what others do not. All errors together have a small
 * share of the bound of their own, and none is written to disk.
 */
public final class ResponseCache {
  private static final Logger log = LoggerFactory.getLogger(ResponseCache.class);
  private static final long INDEX = 128L << 20;
  private static final Duration NEGATIVE = Duration.ofSeconds(10);

  private final ChunkStore store;
  private final HeadJournal journal;
  private final Duration negative;
  private final HeadIndex index;
  private final Purges purges = new Purges();
  private final Sweep sweep;

  public ResponseCache(ChunkStore store) {
    this(store, HeadJournal.NONE, NEGATIVE);
  }

  /** {@code negative}: for how long an error is fresh that does not tell; zero: it is not kept. */
  public ResponseCache(ChunkStore store, HeadJournal journal, Duration negative) {
    this(store, journal, negative, INDEX);
  }

  /** {@code capacity}: of keys, heads and variants, in bytes of memory. */
  ResponseCache(ChunkStore store, HeadJournal journal, Duration negative, long capacity) {
    this.store = store;
    this.journal = journal;
    this.negative = negative;
    this.index = new HeadIndex(capacity, journal);
    this.sweep = new Sweep(store, index, purges);
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
      case Verdict.Fresh _, Verdict.OnDisk _ -> verdict;
      case Verdict.Ageing _ -> request.isAuthorized() ? new Verdict.Miss() : verdict;
      case Verdict.Stale _, Verdict.Miss _, Verdict.Unavailable _ ->
          onlyIfCached ? new Verdict.Unavailable() : verdict;
    };
  }

  private Verdict verdict(Request request, Instant now) {
    for (StoredResponse stored : index.variants(key(request))) {
      if (stored.variant().matches(request.headers()) && isFor(request, stored)) {
        Optional<Representation> content = store.atOnce(stored.content());
        if (content.isPresent()) {
          return verdict(stored, content.get(), request, now);
        }
        return store.holds(stored.content()) ? new Verdict.OnDisk(stored) : new Verdict.Miss();
      }
    }
    return new Verdict.Miss();
  }

  private static boolean isFor(Request request, StoredResponse stored) {
    if (request.isAuthorized()) {
      return stored.control().sharesAuthorized();
    }
    return stored.status() < 400
        || !stored.isPassingError()
        || !request.headers().contains("cookie");
  }

  private static Verdict verdict(
      StoredResponse stored, Representation content, Request request, Instant now) {
    return switch (Reuse.of(stored, request, now)) {
      case AT_ONCE -> new Verdict.Fresh(stored, content);
      case MEANWHILE -> new Verdict.Ageing(stored, content);
      case VALIDATED -> new Verdict.Stale(stored, content, Reuse.mayStandIn(stored, request, now));
    };
  }

  /** Where content goes that is too large to be collected before it is {@link #put}. */
  public Drafts drafts() {
    return store.drafts();
  }

  /** The moment at which a fetch begins: see {@link #put}. */
  public long mark() {
    return purges.mark();
  }

  /** Whether a response to this request was forgotten after the mark. */
  public boolean isForgottenSince(long mark, Request request, String site, Headers headers) {
    return purges.since(mark, key(request), site, headers);
  }

  private boolean isForgotten(long mark, String key, StoredResponse response) {
    return purges.since(mark, key, response.content().site(), response.headers());
  }

  /**
   * Keeps a response and its content, in place of an older one of the same variant; false, and
   * nothing is kept, where it was forgotten after {@code mark}.
   */
  public boolean put(Request request, StoredResponse received, NewContent content, long mark)
      throws IOException {
    String key = key(request);
    StoredResponse response = received.asErrorFor(negative);
    boolean isOfNoUse = response.isPassingError() && negative.isZero();
    if (isOfNoUse || isForgotten(mark, key, response)) {
      return false;
    }
    content.keep(store, response);
    index.put(key, response, () -> isForgotten(mark, key, response));
    if (isForgotten(mark, key, response)) { // by a purge that may have passed by before
      index.remove(key, response::equals);
      return false;
    }
    return true;
  }

  /**
   * Keeps a response that was validated in place of the one that it was; false where that is there
   * no more, since it was forgotten or replaced meanwhile.
   */
  public boolean refresh(Request request, StoredResponse before, StoredResponse refreshed) {
    return index.replace(key(request), before, refreshed.asErrorFor(negative));
  }

  /**
   * Takes in what an earlier process has written down and is still wanted, unless it was forgotten
   * since, or something newer is there.
   */
  public void restore(
      String key, List<StoredResponse> variants, Predicate<StoredResponse> isWanted) {
    List<StoredResponse> valid =
        variants.stream()
            .filter(isWanted)
            .filter(each -> store.holds(each.content()) && !isForgotten(0, key, each))
            .toList();
    index.restore(key, valid, variants);
    for (StoredResponse each : valid) {
      if (isForgotten(0, key, each)) {
        index.remove(key, each::equals);
      }
    }
  }

  /** A change upstream makes what is stored of this resource invalid (4.4). May wait for a disk. */
  public void invalidate(Request request) {
    String key = key(request);
    purges.key(key);
    if (index.remove(key, _ -> true) > 0) {
      try {
        journal.settle();
      } catch (IOException e) {
        log.warn("what was forgotten may come back with the next start: {}", e.getMessage());
      }
    }
  }

  /** What a purge has found: how many responses, of which resources. */
  public record Purged(int responses, Set<String> resources) {
    public Purged {
      resources = Set.copyOf(resources);
    }
  }

  /**
   * Forgets what is meant, its content as well where nothing else has the same, and whatever a
   * fetch that is under way brings of it. {@link #sync} tells whether that is for good.
   */
  public Purged purge(Purge purge) {
    return sweep.forget(purge);
  }

  /**
   * Makes what is meant stale: it is validated before it answers again, or while it does, or stands
   * in for an upstream that fails, as its own directives say.
   */
  public Purged purgeSoftly(Purge purge, Instant now) {
    return sweep.expire(purge, now);
  }

  /** Once everything is restored: content that no head names answers nobody. */
  public void removeUnused() {
    sweep.removeUnused(new HashSet<>(store.names()));
  }

  /** Waits until what was forgotten so far is forgotten for good, as {@link HeadJournal#sync}. */
  public void sync() throws IOException {
    journal.sync();
  }

  /** Whether anything is stored of a resource, {@code //host/path}. */
  public boolean knows(String resource) {
    return index.contains("http:" + resource) || index.contains("https:" + resource);
  }

  public void clear() {
    purges.everything();
    index.clear();
    store.clear();
  }

  public long bytes() {
    return store.bytes();
  }

  public long entries() {
    return index.size();
  }

  /** The name under which everything that is known of a request's resource is kept. */
  public static String key(Request request) {
    return request.scheme() + ":" + request.resource();
  }
}
