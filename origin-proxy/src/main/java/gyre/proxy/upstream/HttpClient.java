package gyre.proxy.upstream;

import gyre.proxy.fetch.UpstreamSource.Receiver;
import gyre.proxy.message.Body;
import gyre.proxy.message.Patience;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.transport.Transport;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * An HTTP client with pooled keep-alive connections (RFC 9112, 9.3), or streams of HTTP/2, that
 * passes both bodies on as they come, with back-pressure. Calls block the virtual thread that makes
 * them; sockets live on the event loops.
 *
 * <p>A request goes out once. Only one without a body is sent a second time, on a fresh connection,
 * where its connection ends before one byte of the response, and the request is idempotent (RFC
 * 9110, 9.2.2) or the server says that it did nothing for it (RFC 9113, 8.7).
 */
public final class HttpClient implements AutoCloseable {
  private final ClientLimits limits;
  private final Connector connector;
  private final H2Connections streams;
  private final ConnectionPool pool;
  private final Transport transport;

  /** One that speaks HTTP/2 to nobody but in cleartext. */
  public HttpClient(Transport transport, SslContext tls, ClientLimits limits) {
    this(transport, new ClientTls(tls, tls), limits);
  }

  public HttpClient(Transport transport, ClientTls tls, ClientLimits limits) {
    this.transport = transport;
    this.limits = limits;
    this.connector = new Connector(transport, tls, limits);
    this.streams = new H2Connections(connector, limits);
    this.pool = new ConnectionPool(limits);
  }

  /**
   * Sends the request as it is, to this endpoint, and waits for the head of the final response; its
   * body streams. An IOException says what failed, where, within which deadline; a {@link
   * java.net.ConnectException} that no byte of the request went out. Interrupting the thread closes
   * the connection.
   */
  public Response fetch(Endpoint endpoint, Request request) throws IOException {
    return fetch(endpoint, request, Patience.USUAL);
  }

  /** The same with deadlines of its own. */
  public Response fetch(Endpoint endpoint, Request request, Patience patience) throws IOException {
    try {
      return fetchOnce(endpoint, request, patience);
    } catch (NoResponseException none) {
      if (!mayGoAgain(request, none)) {
        throw none;
      }
    }
    return exchange(connect(endpoint), endpoint, request, limits.with(patience));
  }

  /** The same, never sent twice: where the request may be what ended the server. */
  public Response fetchOnce(Endpoint endpoint, Request request, Patience patience)
      throws IOException {
    Optional<ClientConnection> pooled = pool.take(endpoint, isRepeatable(request));
    ClientConnection connection = pooled.isPresent() ? pooled.get() : connect(endpoint);
    return exchange(connection, endpoint, request, limits.with(patience));
  }

  /**
   * The same on the event loop that calls, which no part of it leaves, for a {@linkplain
   * #isRepeatable repeatable} request to a server of HTTP/1.1; never sent twice. What is returned
   * gives it up, on that loop; the receiver is told nothing any more.
   */
  Runnable begin(Endpoint endpoint, Request request, Patience patience, Receiver receiver) {
    EventLoop loop = transport.currentLoop();
    LoopFetch fetch =
        new LoopFetch(endpoint, request, limits.with(patience), receiver, this::settle);
    Optional<ClientConnection> pooled = pool.takeOn(loop, endpoint);
    if (pooled.isPresent()) {
      fetch.beginOnPooled(pooled.get());
      return fetch::giveUp;
    }
    Thread connecting =
        Thread.ofVirtual().name("gyre-connect").start(() -> connect(endpoint, loop, fetch));
    return () -> {
      fetch.giveUp();
      connecting.interrupt();
    };
  }

  private void connect(Endpoint endpoint, EventLoop loop, LoopFetch fetch) {
    try {
      ClientConnection connection = connector.connect(endpoint, loop);
      loop.execute(() -> fetch.begin(connection));
    } catch (IOException e) {
      loop.execute(() -> fetch.failed(e));
    } catch (RuntimeException e) {
      loop.execute(() -> fetch.failed(new IOException(endpoint + ": " + e, e)));
    }
  }

  private ClientConnection connect(Endpoint endpoint) throws IOException {
    return switch (endpoint) {
      case Endpoint.H2 h2 -> streams.stream(h2);
      case Endpoint.Tcp _, Endpoint.Tls _, Endpoint.Unix _ ->
          connector.connect(endpoint, transport.group());
    };
  }

  /** Connections of HTTP/1.1 that wait for a request now. */
  public int idleConnections() {
    return pool.size();
  }

  /** Opens a connection and keeps it for the first request; an IOException says why it cannot. */
  public void probe(Endpoint endpoint) throws IOException {
    switch (endpoint) {
      case Endpoint.H2 h2 -> streams.stream(h2).close();
      case Endpoint.Tcp _, Endpoint.Tls _, Endpoint.Unix _ ->
          pool.give(connector.connect(endpoint, transport.group()));
    }
  }

  private Response exchange(
      ClientConnection connection, Endpoint endpoint, Request request, ClientLimits own)
      throws IOException {
    CompletableFuture<Response> head = new CompletableFuture<>();
    ClientExchange exchange =
        new ClientExchange(endpoint, request, own, head, reusable -> settle(connection, reusable));
    boolean isWhole = !hasBody(request);
    if (isWhole) {
      exchange.requestSent();
    }
    connection.begin(exchange, request, isWhole);
    if (!isWhole) {
      Thread.ofVirtual().name("gyre-send").start(() -> send(connection, exchange, request));
    }
    return await(head, connection, endpoint);
  }

  /** Runs on a thread of its own: a response may begin before the request has ended. */
  private void send(ClientConnection connection, ClientExchange exchange, Request request) {
    try (Body body = request.body()) {
      for (var piece = body.next(); piece.isPresent(); piece = body.next()) {
        connection.sendPiece(piece.get());
        exchange.progressed();
      }
      exchange.requestSent();
      connection.sendEnd(body.trailers());
    } catch (IOException e) {
      connection.fail(new IOException("the request's body broke off: " + e.getMessage(), e));
    }
  }

  /** The connection keeps the deadline: a timer for each request would wake a thread for it. */
  private Response await(
      CompletableFuture<Response> head, ClientConnection connection, Endpoint endpoint)
      throws IOException {
    try {
      return head.get();
    } catch (InterruptedException e) {
      connection.close();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for " + endpoint);
    } catch (ExecutionException e) {
      connection.close();
      throw failure(endpoint, e.getCause());
    }
  }

  /** Says where it happened. */
  static IOException failure(Endpoint endpoint, Throwable cause) {
    return switch (cause) {
      case NoResponseException none ->
          new NoResponseException(endpoint + ": " + none.getMessage(), none.wasRefused());
      case SocketTimeoutException late -> late;
      default -> new IOException(endpoint + ": " + cause.getMessage(), cause);
    };
  }

  private void settle(ClientConnection connection, boolean reusable) {
    if (connection.endsCleanly() && reusable) {
      pool.give(connection);
    } else {
      connection.close();
    }
  }

  /** Nobody can tell how often it arrived (RFC 9110, 9.2.2). */
  static boolean isRepeatable(Request request) {
    return request.isIdempotent() && !hasBody(request);
  }

  /** After this failure of it. */
  static boolean mayGoAgain(Request request, NoResponseException none) {
    return !hasBody(request) && (request.isIdempotent() || none.wasRefused());
  }

  private static boolean hasBody(Request request) {
    return !request.body().length().equals(OptionalLong.of(0));
  }

  @Override
  public void close() {
    pool.close();
    streams.close();
  }
}
