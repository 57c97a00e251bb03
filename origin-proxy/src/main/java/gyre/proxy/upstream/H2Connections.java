package gyre.proxy.upstream;

import gyre.proxy.transport.Outbound;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The HTTP/2 connections, one per endpoint, and another where one has no room for a further stream.
 * Any thread. Those who come while one is being made wait for it.
 */
final class H2Connections implements AutoCloseable {
  private static final int ATTEMPTS = 8;

  private final Connector connector;
  private final ClientLimits limits;
  private final Map<Endpoint.H2, CompletableFuture<H2Connection>> newest =
      new ConcurrentHashMap<>();
  private final Set<H2Connection> all = ConcurrentHashMap.newKeySet();

  H2Connections(Connector connector, ClientLimits limits) {
    this.connector = connector;
    this.limits = limits;
  }

  /** A stream of its own for one exchange. */
  ClientConnection stream(Endpoint.H2 endpoint) throws IOException {
    for (int i = 0; i < ATTEMPTS; i++) {
      CompletableFuture<H2Connection> made = newestOf(endpoint);
      H2Connection connection = await(made, endpoint);
      if (connection.enter()) {
        return open(connection, endpoint);
      }
      if (newest.remove(endpoint, made)) {
        all.remove(connection);
        connection.retire();
      }
    }
    throw new ConnectException(endpoint + " takes no more streams");
  }

  private CompletableFuture<H2Connection> newestOf(Endpoint.H2 endpoint) {
    CompletableFuture<H2Connection> own = new CompletableFuture<>();
    CompletableFuture<H2Connection> other = newest.putIfAbsent(endpoint, own);
    if (other != null) {
      return other;
    }
    try {
      H2Connection connection = connector.connectH2(endpoint);
      all.add(connection);
      own.complete(connection);
    } catch (IOException | RuntimeException e) {
      newest.remove(endpoint, own);
      own.completeExceptionally(e);
    }
    return own;
  }

  private H2Connection await(CompletableFuture<H2Connection> made, Endpoint endpoint)
      throws IOException {
    try {
      return made.get(3 * limits.connect().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = Optional.ofNullable(e.getCause()).orElse(e);
      ConnectException none = new ConnectException(cause.getMessage());
      none.initCause(cause);
      throw none;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while connecting to " + endpoint);
    }
  }

  private ClientConnection open(H2Connection connection, Endpoint.H2 endpoint) throws IOException {
    Future<Http2StreamChannel> opening = connection.open(endpoint, limits);
    try {
      if (!opening.await(limits.connect().toMillis(), TimeUnit.MILLISECONDS)
          || !opening.isSuccess()) {
        opening.addListener(late -> abandon(opening));
        connection.left();
        throw new ConnectException("no stream to " + endpoint);
      }
    } catch (InterruptedException e) {
      opening.addListener(late -> abandon(opening));
      connection.left();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while connecting to " + endpoint);
    }
    Http2StreamChannel stream = opening.getNow();
    stream.closeFuture().addListener(closed -> connection.left());
    return Optional.ofNullable(stream.pipeline().get(ClientConnection.class))
        .orElseThrow(() -> new ConnectException("no stream to " + endpoint)); // closed at once
  }

  private static void abandon(Future<Http2StreamChannel> opening) {
    if (opening.isSuccess()) {
      Outbound.close(opening.getNow());
    }
  }

  @Override
  public void close() {
    all.forEach(H2Connection::close);
  }
}
