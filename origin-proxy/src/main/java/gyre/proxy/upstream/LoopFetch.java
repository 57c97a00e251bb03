package gyre.proxy.upstream;

import gyre.proxy.fetch.UpstreamSource.Receiver;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * One request without a thread that waits for its answer: begun, answered and given up on one event
 * loop, which is its connection's too.
 */
final class LoopFetch {
  private final Endpoint endpoint;
  private final Request request;
  private final ClientLimits limits;
  private final Receiver receiver;
  private final BiConsumer<ClientConnection, Boolean> settle;
  private Optional<ClientConnection> carrying = Optional.empty();
  private boolean isPooled;
  private boolean isOver;

  /** {@code settle}: whether a connection can carry another request. */
  LoopFetch(
      Endpoint endpoint,
      Request request,
      ClientLimits limits,
      Receiver receiver,
      BiConsumer<ClientConnection, Boolean> settle) {
    this.endpoint = endpoint;
    this.request = request;
    this.limits = limits;
    this.receiver = receiver;
    this.settle = settle;
  }

  /** On a connection that waited in the pool: its server may have left it in this very moment. */
  void beginOnPooled(ClientConnection connection) {
    isPooled = true;
    begin(connection);
  }

  void begin(ClientConnection connection) {
    if (isOver) {
      settle.accept(connection, true);
      return;
    }
    carrying = Optional.of(connection);
    CompletableFuture<Response> head = new CompletableFuture<>();
    ClientExchange exchange =
        new ClientExchange(
            endpoint, request, limits, head, reusable -> settle.accept(connection, reusable));
    exchange.requestSent();
    // What has come with the head is read by then, and leaves together with it.
    Runnable arrived = () -> arrived(head);
    var _ =
        head.whenComplete(
            (response, failure) -> {
              carrying = Optional.empty(); // it may carry the next request already
              connection.afterwards(arrived);
            });
    connection.beginHere(exchange, request);
  }

  private void arrived(CompletableFuture<Response> head) {
    switch (head.state()) {
      case SUCCESS -> responded(head.resultNow());
      case RUNNING, FAILED, CANCELLED -> failed(HttpClient.failure(endpoint, head.exceptionNow()));
    }
  }

  private void responded(Response response) {
    if (isOver) {
      response.body().close();
    } else {
      isOver = true;
      try {
        receiver.responded(response);
      } catch (RuntimeException e) {
        response.body().close();
        receiver.failed(new IOException(endpoint + ": its response is of no use: " + e, e));
      }
    }
  }

  /** There is no connection, or no response. */
  void failed(IOException reason) {
    if (!isOver) {
      isOver = true;
      if (isPooled && reason instanceof NoResponseException) {
        receiver.undone();
      } else {
        receiver.failed(reason);
      }
    }
  }

  /** Until there is a response; then it is the body's to be closed. */
  void giveUp() {
    if (!isOver) {
      isOver = true;
      carrying.ifPresent(ClientConnection::close);
    }
  }
}
