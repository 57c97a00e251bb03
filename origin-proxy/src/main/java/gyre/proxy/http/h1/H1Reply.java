package gyre.proxy.http.h1;

import gyre.proxy.fetch.Decision;
import gyre.proxy.http.exchange.Exchange;
import gyre.proxy.http.exchange.Front;
import gyre.proxy.http.exchange.Reply;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Response;
import gyre.proxy.transport.WriteGate;
import io.netty.channel.Channel;
import java.io.IOException;

/**
 * The answering half of a connection: from memory on its event loop, which owns this, or, where the
 * answer has to be waited for, on a virtual thread.
 */
final class H1Reply implements Reply {
  private final Front front;
  private final H1Connection connection;
  private final Channel channel;
  private final WriteGate gate = new WriteGate();
  private final ResponseWriter writer;
  private boolean keepAlive;

  H1Reply(Front front, H1Connection connection, Channel channel) {
    this.front = front;
    this.connection = connection;
    this.channel = channel;
    this.writer = new ResponseWriter(channel, front.date(), front.limits(), gate);
  }

  @Override
  public void now(Exchange exchange, Response response) {
    exchange.responded(response);
    ResponseHead head = head(exchange, response);
    keepAlive = head.keepAlive();
    try {
      if (writer.begin(exchange.head(), response, head)) {
        connection.answered(exchange, keepAlive);
      } else {
        connection.answerFlows();
      }
    } catch (IOException e) {
      connection.abort(e);
    }
  }

  /** Ahead of the answer, where the socket takes it at once. */
  void interim(Exchange exchange, int status, Headers headers) {
    if (exchange.response().isEmpty() && channel.isWritable()) {
      writer.interim(status, headers);
    }
  }

  private ResponseHead head(Exchange exchange, Response response) {
    boolean mayKeepAlive = !front.draining().get() && exchange.broken().isEmpty();
    return ResponseHead.of(exchange.head(), response, mayKeepAlive);
  }

  @Override
  public void pull(Exchange exchange, Response response) throws IOException {
    ResponseHead head = head(exchange, response);
    channel.eventLoop().execute(() -> exchange.responded(response));
    writer.pull(exchange.head(), response, head);
    connection.onLoop(() -> connection.answered(exchange, head.keepAlive()));
  }

  @Override
  public void tunnel(Exchange exchange, Decision.Tunnel tunnel) {
    connection.tunnel(tunnel);
  }

  @Override
  public void abort(Exchange exchange, IOException reason) {
    connection.abort(reason);
  }

  @Override
  public void onLoop(Runnable step) {
    connection.onLoop(step);
  }

  /** The socket takes bytes again, or takes none for now. */
  void writabilityChanged(Exchange exchange) {
    if (!channel.isWritable() || !writer.isFlowing()) {
      return;
    }
    try {
      if (writer.goOn()) {
        connection.answered(exchange, keepAlive);
        connection.advance();
      } else {
        connection.answerFlows();
        channel.flush();
      }
    } catch (IOException e) {
      connection.abort(e);
    }
  }

  /** Any thread: bytes of the last response's body that were handed to the socket. */
  long written() {
    return writer.written();
  }

  /** Wakes whoever waits for the socket. */
  void wake() {
    gate.wake();
  }

  /** The connection has ended. */
  void end() {
    gate.wake();
    writer.stop();
  }
}
