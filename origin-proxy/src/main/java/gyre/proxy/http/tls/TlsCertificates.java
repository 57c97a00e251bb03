package gyre.proxy.http.tls;

import gyre.operations.config.TlsConfig;
import gyre.operations.start.StartFailure;
import io.netty.handler.ssl.SslContext;
import io.netty.util.Mapping;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates of gyre.yaml, chosen by SNI among their DNS names; the first one serves every
 * other name. Files that change are read anew by the thread {@code gyre-tls}: new connections get
 * the new certificate, and a pair that cannot be used leaves the old one in place and is told once.
 * {@link #map} may be called on any thread and never waits.
 */
public final class TlsCertificates implements Mapping<String, SslContext>, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TlsCertificates.class);
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Duration SOON = Duration.ofDays(7);

  /** Both files of a pair. */
  private record Print(FilePrint cert, FilePrint key) {
    static Print of(TlsConfig.Certificate files) {
      return new Print(FilePrint.of(files.cert()), FilePrint.of(files.key()));
    }
  }

  /** {@code seen}: the files as they were last looked at, whether or not they were usable. */
  private record Held(Print seen, PemPair pair, SslContext context, TicketKeys tickets) {
    Held seenAs(Print print) {
      return new Held(print, pair, context, tickets);
    }
  }

  private record Choice(Map<String, SslContext> names, SslContext fallback) {}

  private final InstantSource clock;
  private final ScheduledExecutorService watcher =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("gyre-tls").factory());
  private Map<TlsConfig.Certificate, Held> held = Map.of();
  private volatile Choice choice;

  /** A StartFailure names a file that does not fit. {@code certificates} is not empty. */
  public TlsCertificates(List<TlsConfig.Certificate> certificates, InstantSource clock) {
    this.clock = clock;
    this.held = load(certificates);
    this.choice = choice(held);
    var _ =
        watcher.scheduleWithFixedDelay(
            this::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public SslContext map(@Nullable String name) {
    Choice now = choice;
    if (name == null) {
      return now.fallback();
    }
    SslContext exact = now.names().get(name);
    if (exact != null) {
      return exact;
    }
    int dot = name.indexOf('.');
    SslContext wild = dot < 0 ? null : now.names().get("*" + name.substring(dot));
    return wild == null ? now.fallback() : wild;
  }

  /** Takes other certificates from now on; a StartFailure leaves everything as it was. */
  public synchronized void replace(List<TlsConfig.Certificate> certificates) {
    Map<TlsConfig.Certificate, Held> loaded = load(certificates);
    held = loaded;
    choice = choice(loaded);
  }

  private Map<TlsConfig.Certificate, Held> load(List<TlsConfig.Certificate> certificates) {
    Map<TlsConfig.Certificate, Held> loaded = new LinkedHashMap<>();
    for (TlsConfig.Certificate certificate : certificates) {
      Held known = held.get(certificate);
      loaded.put(
          certificate, read(certificate, known == null ? new TicketKeys() : known.tickets()));
    }
    return loaded;
  }

  private Held read(TlsConfig.Certificate certificate, TicketKeys tickets) {
    Print print = Print.of(certificate);
    PemPair pair = PemPair.read(certificate);
    Instant end = pair.leaf().getNotAfter().toInstant();
    if (end.isBefore(clock.instant().plus(SOON))) {
      log.warn("tls: {} is valid until {} only; renew it", certificate.cert(), end);
    }
    try {
      SslContext context = Contexts.of(pair);
      var _ = tickets.rotate(clock.instant());
      tickets.applyTo(context);
      return new Held(print, pair, context, tickets);
    } catch (SSLException | IllegalArgumentException e) {
      throw new StartFailure("tls: " + certificate.cert() + ": " + e.getMessage(), e);
    }
  }

  private static Choice choice(Map<TlsConfig.Certificate, Held> held) {
    Map<String, SslContext> names = new HashMap<>();
    held.values()
        .forEach(one -> one.pair().names().forEach(name -> names.putIfAbsent(name, one.context())));
    return new Choice(Map.copyOf(names), held.values().iterator().next().context());
  }

  /** Reads what has changed since the last look, and rotates the keys of session tickets. */
  synchronized void look() {
    Map<TlsConfig.Certificate, Held> next = new LinkedHashMap<>();
    held.forEach((certificate, known) -> next.put(certificate, current(certificate, known)));
    if (!next.equals(held)) {
      held = next;
      choice = choice(next);
    }
  }

  private Held current(TlsConfig.Certificate certificate, Held known) {
    Print now = Print.of(certificate);
    if (now.equals(known.seen())) {
      if (known.tickets().rotate(clock.instant())) {
        known.tickets().applyTo(known.context());
      }
      return known;
    }
    try {
      Held fresh = read(certificate, known.tickets());
      log.info("tls: {} was read anew", certificate.cert());
      return fresh;
    } catch (StartFailure e) {
      log.warn("{}; the certificate from before stays in use", e.getMessage());
      return known.seenAs(now);
    }
  }

  @Override
  public void close() {
    watcher.shutdownNow();
  }
}
