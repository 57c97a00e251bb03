package gyre.proxy.certificate;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
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

  /** {@code meanwhile} makes what a host serves before there is anything better. */
  public record Parts(
      Authority authority,
      CertificateFolder folder,
      Prover prover,
      CertificateUser user,
      Function<String, PemPair> meanwhile) {}

  private final Parts parts;
  private final Schedule schedule;
  private final InstantSource clock;
  private final AttemptMeters attempts;
  private final ExpiryMeters ends;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final HostCertificates held = new HostCertificates();

  /** Until then the authority wants to be asked nothing. */
  private Instant quiet = Instant.MIN;

  private final Thread thread = Thread.ofVirtual().name("gyre-certificates").unstarted(this::run);

  public Renewals(Parts parts, Schedule schedule, MeterRegistry metrics, InstantSource clock) {
    this.parts = parts;
    this.schedule = schedule;
    this.clock = clock;
    this.attempts = new AttemptMeters(metrics);
    this.ends = new ExpiryMeters(metrics, "acme");
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
    Map<String, HostCertificate> loaded = new LinkedHashMap<>();
    for (String host : hosts) {
      if (!knows(host)) {
        loaded.put(host, load(host));
      }
    }
    lock.lock();
    try {
      held.retain(hosts);
      held.replaceAll(certificate -> certificate.sooner(clock.instant()));
      loaded.forEach((host, certificate) -> held.put(host, certificate.notBefore(quiet)));
      use();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean knows(String host) {
    lock.lock();
    try {
      return held.knows(host);
    } finally {
      lock.unlock();
    }
  }

  private HostCertificate load(String host) {
    Optional<PemPair> stored = parts.folder().load(host);
    if (stored.isEmpty()) {
      return HostCertificate.meanwhile(parts.meanwhile().apply(host), clock.instant());
    }
    HostCertificate certificate = HostCertificate.stored(stored.get(), schedule);
    AttemptLog.stored(host, certificate);
    return certificate;
  }

  private void use() {
    parts.user().use(held.pairs());
    ends.show(held.ends());
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
        Optional<String> next = held.due(clock.instant());
        if (next.isPresent()) {
          return next.get();
        }
        Duration nap = held.pause(clock.instant(), LONGEST_NAP);
        var _ = changed.await(nap.toMillis(), TimeUnit.MILLISECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Attempts whatever is due now, each once. */
  void attemptDue() throws InterruptedException {
    Optional<String> next = held.due(clock.instant());
    while (next.isPresent()) {
      attempt(next.get());
      next = held.due(clock.instant());
    }
  }

  private void attempt(String host) throws InterruptedException {
    Outcome outcome = obtain(host, failures(host));
    if (outcome instanceof Outcome.Issued(PemPair pair)) {
      keep(host, pair);
    }
    settle(host, outcome).ifPresent(certificate -> AttemptLog.ended(host, certificate, outcome));
  }

  private int failures(String host) {
    lock.lock();
    try {
      return held.of(host).map(HostCertificate::failures).orElse(0);
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

  /** The host as it is now; empty where nobody wants it any more. */
  private Optional<HostCertificate> settle(String host, Outcome outcome) {
    attempts.count(outcome);
    lock.lock();
    try {
      Instant now = clock.instant();
      Optional<HostCertificate> settled =
          held.of(host).map(before -> before.after(outcome, schedule, now));
      settled.ifPresent(certificate -> held.put(host, certificate));
      quiet = pauseOfAll(outcome).orElse(quiet);
      held.replaceAll(certificate -> certificate.notBefore(quiet));
      use();
      return settled;
    } finally {
      lock.unlock();
    }
  }

  /**
   * An authority in trouble wants to be left alone whatever the host; a limit may be one host's.
   */
  private Optional<Instant> pauseOfAll(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Failed(Outcome.Reason reason, String _, Optional<Instant> until)
          when reason == Outcome.Reason.UNREACHABLE ->
          until.map(wish -> schedule.believed(wish, clock.instant()));
      case Outcome.Failed _, Outcome.Issued _ -> Optional.empty();
    };
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
