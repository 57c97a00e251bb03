package gyre.proxy.certificate.acme;

import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.connector.Connection;
import org.shredzone.acme4j.connector.NetworkSettings;
import org.shredzone.acme4j.provider.GenericAcmeProvider;
import org.shredzone.acme4j.toolbox.JSON;

/**
 * How the authority's server is reached: with its TLS verified against {@code ca} where that is
 * given, bounded answers, and its wish to be left alone remembered. Used by one thread at a time.
 */
final class AcmeServer extends GenericAcmeProvider implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final int LONGEST_SECONDS = 9;

  private final HttpClient client;
  private final InstantSource clock;
  private Optional<Instant> busyUntil = Optional.empty();

  /** A StartFailure where the file of authorities cannot be used. */
  AcmeServer(Optional<Path> ca, InstantSource clock) {
    this.clock = clock;
    HttpClient.Builder builder =
        HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).connectTimeout(CONNECT);
    ca.ifPresent(file -> builder.sslContext(trusting(file)));
    this.client = builder.build();
  }

  static SSLContext trusting(Path ca) {
    try (InputStream in = Files.newInputStream(ca)) {
      KeyStore known = KeyStore.getInstance(KeyStore.getDefaultType());
      known.load(null, null);
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        known.setCertificateEntry("ca-" + known.size(), one);
      }
      if (known.size() == 0) {
        throw new StartFailure("tls.acme.ca: " + ca + ": holds no certificate");
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(known);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new StartFailure("tls.acme.ca: " + ca + " cannot be used: " + e, e);
    }
  }

  @Override
  public HttpClient createHttpClient(NetworkSettings settings) {
    return client;
  }

  @Override
  public Connection connect(URI server, NetworkSettings settings, HttpClient http) {
    return new BoundedConnection(createHttpConnector(settings, http), this::seen);
  }

  /** Asked for once in a session: by the library's own rule it would be before every step. */
  @Override
  public JSON directory(Session session, URI server)
      throws org.shredzone.acme4j.exception.AcmeException {
    return session.hasDirectory() ? null : super.directory(session, server);
  }

  private void seen(HttpResponse<?> response) {
    if (response.statusCode() == 429 || response.statusCode() == 503) {
      busyUntil = response.headers().firstValue("retry-after").flatMap(this::time);
    }
  }

  /** RFC 9110, 10.2.3; what is malformed is not there. */
  private Optional<Instant> time(String text) {
    if (text.length() <= LONGEST_SECONDS && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return text.isEmpty()
          ? Optional.empty()
          : Optional.of(clock.instant().plusSeconds(Long.parseLong(text)));
    }
    try {
      return Optional.of(
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Until when it wants to be left alone, said since this was asked last. */
  Optional<Instant> takeBusyUntil() {
    Optional<Instant> until = busyUntil;
    busyUntil = Optional.empty();
    return until;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
