package gyre.proxy.http.exchange;

import gyre.proxy.transport.Transport;
import io.netty.handler.ssl.SslContext;
import java.net.URI;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * What every connection of the front shares. {@code current}: what holds for the requests that
 * begin now.
 */
public record Front(
    AtomicReference<Terms> current,
    Transport transport,
    Function<URI, SslContext> clientTls,
    ExecutorService virtualThreads,
    InstantSource clock,
    HttpDate date,
    Standing standing) {
  /**
   * {@code waiting} counts the requests that were not answered at once; {@code altSvc}: what
   * answers over TLS tell of HTTP/3 (RFC 7838).
   */
  public record Standing(
      AtomicInteger waiting, AtomicBoolean draining, AtomicReference<Optional<String>> altSvc) {
    public Standing() {
      this(new AtomicInteger(), new AtomicBoolean(), new AtomicReference<>(Optional.empty()));
    }
  }

  public AtomicInteger waiting() {
    return standing.waiting();
  }

  public AtomicBoolean draining() {
    return standing.draining();
  }

  public Terms terms() {
    return current.get();
  }

  public FrontLimits limits() {
    return terms().limits();
  }
}
