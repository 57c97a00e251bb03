package gyre.proxy.certificate;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a certificate in use for every wanted host: the stored one, one that the host signed itself
 * until there is another, and a new one in time. One host is asked for at a time, by the virtual
 * thread {@code gyre-certificates}; each attempt ends with a line in the log. Any thread.
 */
public final class Renewals implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Renewals.class);

  /** So often the clock is looked at: it may be set, and machines sleep. */
  private static final Duration LONGEST_NAP = Duration.ofMinutes(1);

  private static final Duration CLOSING = Duration.ofSeconds(5);
  private static final int LONGEST_TOLD = 300;

  /** {@code meanwhile} makes what a host serves before there is anything better. */
  public record Parts(
      Authority authority,
      CertificateFolder folder,
      Prover prover,
      CertificateUser user,
      Function<String, PemPair> meanwhile) {}

  /**
   * {@code failures}: in a row. {@code due}: when the next attempt is; the authority wants none
   * before {@code earliest}.
   */
  private record Entry(PemPair pair, boolean issued, int failures, Instant due, Instant earliest) {
    Entry(PemPair pair, boolean issued, Instant due) {
      this(pair, issued, 0, due, Instant.MIN);
    }

    Entry sooner(Instant now) {
      Instant soon = now.isAfter(earliest) ? now : earliest;
      return failures > 0 && soon.isBefore(due)
          ? new Entry(pair, issued, failures, soon, earliest)
          : this;
    }
  }

  private final Parts parts;
  private final Schedule schedule;
  private final InstantSource clock;
  private final RenewalMeters meters;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Thread thread = Thread.ofVirtual().name("gyre-certificates").unstarted(this::run);

  public Renewals(Parts parts, Schedule schedule, MeterRegistry metrics, InstantSource clock) {
    this.parts = parts;
    this.schedule = schedule;
    this.clock = clock;
    this.meters = new RenewalMeters(metrics);
  }

  /** Begins to ask for what is due. */
  public void start() {
    thread.start();
  }

  /**
   * These hosts and no others from now on. Reads what is stored of those that are new; what failed
   * is tried again at once.
   */
  public void want(List<String> hosts) {
    Map<String, Entry> loaded = new HashMap<>();
    for (String host : hosts) {
      if (!knows(host)) {
        loaded.put(host, load(host));
      }
    }
    lock.lock();
    try {
      for (String host : List.copyOf(entries.keySet())) {
        if (!hosts.contains(host)) {
          entries.remove(host);
          meters.dropped(host);
        }
      }
      entries.replaceAll((host, entry) -> entry.sooner(clock.instant()));
      loaded.forEach(this::put);
      use();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean knows(String host) {
    lock.lock();
    try {
      return entries.containsKey(host);
    } finally {
      lock.unlock();
    }
  }

  private Entry load(String host) {
    return parts
        .folder()
        .load(host)
        .map(pair -> new Entry(pair, true, schedule.renewal(pair.leaf())))
        .orElseGet(() -> new Entry(parts.meanwhile().apply(host), false, clock.instant()));
  }

  private void put(String host, Entry entry) {
    entries.put(host, entry);
    if (entry.issued()) {
      meters.held(host, entry.pair().leaf().getNotAfter().toInstant());
    }
  }

  private void use() {
    Map<String, PemPair> pairs = new LinkedHashMap<>();
    entries.forEach((host, entry) -> pairs.put(host, entry.pair()));
    parts.user().use(pairs);
  }

  private void run() {
    try {
      while (true) {
        attempt(awaitDue());
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private String awaitDue() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        Optional<String> next = due();
        if (next.isPresent()) {
          return next.get();
        }
        var _ = changed.await(nap().toMillis(), TimeUnit.MILLISECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  private Duration nap() {
    Duration longest = LONGEST_NAP;
    for (Entry entry : entries.values()) {
      Duration left = Duration.between(clock.instant(), entry.due()).plusMillis(1);
      longest = left.compareTo(longest) < 0 ? left : longest;
    }
    return longest;
  }

  /** The host that has waited for longest; empty where none is due. */
  private Optional<String> due() {
    Instant now = clock.instant();
    return entries.entrySet().stream()
        .filter(entry -> !entry.getValue().due().isAfter(now))
        .min(Map.Entry.comparingByValue(Comparator.comparing(Entry::due)))
        .map(Map.Entry::getKey);
  }

  /** Attempts whatever is due now, each once. */
  void attemptDue() throws InterruptedException {
    Optional<String> next = due();
    while (next.isPresent()) {
      attempt(next.get());
      next = due();
    }
  }

  private void attempt(String host) throws InterruptedException {
    Outcome outcome = obtain(host, failures(host));
    if (outcome instanceof Outcome.Issued(PemPair pair)) {
      keep(host, pair);
    }
    settle(host, outcome).ifPresent(entry -> tell(host, entry, outcome));
  }

  /** The host as it is now; empty where nobody wants it any more. */
  private Optional<Entry> settle(String host, Outcome outcome) {
    lock.lock();
    try {
      meters.count(outcome);
      Optional<Entry> settled =
          Optional.ofNullable(entries.get(host)).map(before -> after(before, outcome));
      settled.ifPresent(entry -> put(host, entry));
      use();
      return settled;
    } finally {
      lock.unlock();
    }
  }

  private int failures(String host) {
    lock.lock();
    try {
      Entry entry = entries.get(host);
      return entry == null ? 0 : entry.failures();
    } finally {
      lock.unlock();
    }
  }

  /** Whatever goes wrong with one host, the others still get theirs. */
  private Outcome obtain(String host, int failures) throws InterruptedException {
    try {
      return parts.authority().obtain(host, failures, parts.prover());
    } catch (RuntimeException e) {
      log.warn("certificate for {}: the attempt broke off", host, e);
      return new Outcome.Failed(Outcome.Reason.UNUSABLE, e.toString(), Optional.empty());
    }
  }

  private void keep(String host, PemPair pair) {
    try {
      parts.folder().store(host, pair);
    } catch (IOException | GeneralSecurityException e) {
      log.warn(
          "certificate for {}: in use, but it cannot be stored ({}); a restart asks for another",
          host,
          e.toString());
    }
  }

  private Entry after(Entry before, Outcome outcome) {
    Instant now = clock.instant();
    return switch (outcome) {
      case Outcome.Issued(PemPair pair) ->
          new Entry(pair, true, schedule.renewal(pair.leaf(), now));
      case Outcome.Failed failed -> {
        int failures = before.failures() + 1;
        yield new Entry(
            before.pair(),
            before.issued(),
            failures,
            schedule.retry(now, failures, failed.notBefore()),
            failed.notBefore().orElse(Instant.MIN));
      }
    };
  }

  private static void tell(String host, Entry now, Outcome outcome) {
    switch (outcome) {
      case Outcome.Issued(PemPair pair) ->
          log.info(
              "certificate for {}: issued by {}, valid until {}; renewed at {}",
              host,
              pair.leaf().getIssuerX500Principal().getName(),
              pair.leaf().getNotAfter().toInstant(),
              now.due());
      case Outcome.Failed failed ->
          log.warn(
              "certificate for {}: {} ({}); {} stays in use; tried again at {}",
              host,
              failed.reason().name().replace('_', ' ').toLowerCase(Locale.ROOT),
              printable(failed.told()),
              now.issued()
                  ? "the one until " + now.pair().leaf().getNotAfter().toInstant()
                  : "one that no browser trusts",
              now.due());
    }
  }

  /** What comes from afar makes neither lines nor pages of the log. */
  private static String printable(String told) {
    String line = told.replaceAll("[^\\x20-\\x7e]", "?");
    return line.substring(0, Math.min(line.length(), LONGEST_TOLD));
  }

  /** Gives up an attempt that is under way. */
  @Override
  public void close() {
    if (thread.getState() == Thread.State.NEW) {
      return;
    }
    thread.interrupt();
    try {
      var _ = thread.join(CLOSING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
