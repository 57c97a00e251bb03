package gyre.proxy.http.tls;

import gyre.operations.config.TlsConfig;
import gyre.operations.start.StartFailure;
import gyre.proxy.certificate.CertificateUser;
import gyre.proxy.certificate.ExpiryMeters;
import gyre.proxy.certificate.PemPair;
import gyre.proxy.certificate.Proof;
import gyre.proxy.certificate.Prover;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.util.Mapping;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates of gyre.yaml and those that were obtained, chosen by SNI among their DNS names;
 * the first one serves every other name. Files that change are read anew by the thread {@code
 * gyre-tls}: new connections get the new certificate, and a pair that cannot be used leaves the old
 * one in place and is told once. {@link #map} and {@link #proof} may be called on any thread and
 * never wait.
 */
public final class TlsCertificates
    implements Mapping<String, SslContext>, CertificateUser, AutoCloseable {
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
  private record Held(Print seen, Served served) {}

  private record Choice(Map<String, Served> names, Optional<Served> fallback) {}

  private final InstantSource clock;
  private final boolean withQuic;
  private final ScheduledExecutorService watcher =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("gyre-tls").factory());
  private final Map<String, SslContext> proofs = new ConcurrentHashMap<>();
  private Map<TlsConfig.Certificate, Held> held = Map.of();
  private Map<String, Served> obtained = Map.of();
  private Optional<ExpiryMeters> ends = Optional.empty();
  private volatile Choice choice;

  /**
   * A StartFailure names a file that does not fit. Without any files there is something to serve
   * only after {@link #use}.
   */
  public TlsCertificates(List<TlsConfig.Certificate> certificates, InstantSource clock) {
    this(certificates, false, clock);
  }

  /**
   * The same, {@code withQuic} for HTTP/3, too; a StartFailure also says that this platform has
   * none.
   */
  public TlsCertificates(
      List<TlsConfig.Certificate> certificates, boolean withQuic, InstantSource clock) {
    this.clock = clock;
    this.withQuic = withQuic;
    if (withQuic) {
      Contexts.requireQuic();
    }
    this.held = load(certificates);
    this.choice = choice(held, obtained);
    var _ =
        watcher.scheduleWithFixedDelay(
            this::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public SslContext map(@Nullable String name) {
    return choose(name).context();
  }

  /** The same for QUIC, with which these certificates were opened. */
  public QuicSslContext quic(@Nullable String name) {
    return choose(name).quic().orElseThrow();
  }

  private Served choose(@Nullable String name) {
    Choice now = choice;
    if (name == null) {
      return now.fallback().orElseThrow();
    }
    Served exact = now.names().get(name);
    if (exact != null) {
      return exact;
    }
    int dot = name.indexOf('.');
    Served wild = dot < 0 ? null : now.names().get("*" + name.substring(dot));
    return wild == null ? now.fallback().orElseThrow() : wild;
  }

  /** What proves this host to an authority, while one looks for it. */
  Optional<SslContext> proof(String name) {
    return Optional.ofNullable(proofs.get(name));
  }

  /** Tells until when the files' certificates hold, from now on. */
  public synchronized void report(MeterRegistry metrics) {
    ends = Optional.of(new ExpiryMeters(metrics, "file"));
    tellEnds();
  }

  private void tellEnds() {
    Map<String, Instant> byName = new LinkedHashMap<>();
    for (Held one : held.values()) {
      PemPair pair = one.served().pair();
      Instant end = pair.leaf().getNotAfter().toInstant();
      pair.names().forEach(name -> byName.putIfAbsent(name, end));
    }
    ends.ifPresent(meters -> meters.show(byName));
  }

  /** Takes other files from now on; a StartFailure leaves everything as it was. */
  public synchronized void replace(List<TlsConfig.Certificate> certificates) {
    serveFiles(load(certificates));
  }

  private void serveFiles(Map<TlsConfig.Certificate, Held> files) {
    held = files;
    choice = choice(held, obtained);
    tellEnds();
  }

  @Override
  public synchronized void use(Map<String, PemPair> byHost) {
    Map<String, Served> next = new LinkedHashMap<>();
    byHost.forEach((host, pair) -> obtained(host, pair).ifPresent(one -> next.put(host, one)));
    obtained = next;
    choice = choice(held, obtained);
  }

  /** Whatever a library has against one, the thread that renews and the other hosts go on. */
  private Optional<Served> obtained(String host, PemPair pair) {
    Optional<Served> known = Optional.ofNullable(obtained.get(host));
    if (known.filter(one -> one.pair().equals(pair)).isPresent()) {
      return known;
    }
    try {
      TicketKeys tickets = known.map(Served::tickets).orElseGet(TicketKeys::new);
      return Optional.of(serve(pair, tickets));
    } catch (SSLException | RuntimeException e) {
      log.warn("tls: the certificate for {} cannot be used: {}", host, e.getMessage());
      return known;
    }
  }

  @Override
  public Prover.Shown show(Proof.Tls proof) {
    try {
      SslContext context = Contexts.validating(proof.certificate());
      proofs.put(proof.host(), context);
      return () -> proofs.remove(proof.host(), context);
    } catch (SSLException e) {
      throw new IllegalStateException("no connection can prove " + proof.host(), e);
    }
  }

  private Map<TlsConfig.Certificate, Held> load(List<TlsConfig.Certificate> certificates) {
    Map<TlsConfig.Certificate, Held> loaded = new LinkedHashMap<>();
    for (TlsConfig.Certificate certificate : certificates) {
      Held known = held.get(certificate);
      loaded.put(
          certificate,
          read(certificate, known == null ? new TicketKeys() : known.served().tickets()));
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
      return new Held(print, serve(pair, tickets));
    } catch (SSLException | IllegalArgumentException e) {
      throw new StartFailure("tls: " + certificate.cert() + ": " + e.getMessage(), e);
    }
  }

  private Served serve(PemPair pair, TicketKeys tickets) throws SSLException {
    Optional<QuicSslContext> quic =
        withQuic ? Optional.of(Contexts.quic(pair, this::quic)) : Optional.empty();
    return Served.of(pair, quic, tickets, clock.instant());
  }

  private static Choice choice(
      Map<TlsConfig.Certificate, Held> held, Map<String, Served> obtained) {
    Map<String, Served> names = new HashMap<>();
    List<Served> files = held.values().stream().map(Held::served).toList();
    files.forEach(one -> one.pair().names().forEach(name -> names.putIfAbsent(name, one)));
    obtained.forEach((host, one) -> names.putIfAbsent(host, one));
    return new Choice(
        Map.copyOf(names), Stream.concat(files.stream(), obtained.values().stream()).findFirst());
  }

  /** Reads what has changed since the last look, and rotates the keys of session tickets. */
  synchronized void look() {
    Map<TlsConfig.Certificate, Held> next = new LinkedHashMap<>();
    held.forEach((certificate, known) -> next.put(certificate, current(certificate, known)));
    obtained.values().forEach(one -> one.rotate(clock.instant()));
    if (!next.equals(held)) {
      serveFiles(next);
    }
  }

  private Held current(TlsConfig.Certificate certificate, Held known) {
    Print now = Print.of(certificate);
    if (now.equals(known.seen())) {
      known.served().rotate(clock.instant());
      return known;
    }
    try {
      Held fresh = read(certificate, known.served().tickets());
      log.info("tls: {} was read anew", certificate.cert());
      return fresh;
    } catch (StartFailure e) {
      log.warn("{}; the certificate from before stays in use", e.getMessage());
      return new Held(now, known.served());
    }
  }

  @Override
  public void close() {
    watcher.shutdownNow();
  }
}
