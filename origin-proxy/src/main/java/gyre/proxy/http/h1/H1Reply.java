package gyre.proxy.http.h1;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gyre.proxy.fetch.Decision;
import gyre.proxy.http.exchange.Exchange;
import gyre.proxy.http.exchange.Front;
import gyre.proxy.http.exchange.Reply;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Response;
import gyre.proxy.transport.Outbound;
import gyre.proxy.transport.WriteGate;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The answering half of a connection: from memory on its event loop, which owns this, or, where the
 * answer has to be waited for, on a virtual thread.
 */
final class H1Reply implements Reply {
  private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(US_ASCII);

  private final Front front;
  private final H1Connection connection;
  private final Channel channel;
  private final WriteGate gate = new WriteGate();
  private final ResponseWriter writer;
  private final AtomicBoolean isAnnounced = new AtomicBoolean();
  private @Nullable Exchange answering;
  private boolean keepAlive;

  H1Reply(Front front, H1Connection connection, Channel channel) {
    this.front = front;
    this.connection = connection;
    this.channel = channel;
    this.writer = new ResponseWriter(channel, front.date(), front.limits(), gate);
  }

  @Override
  public void now(Exchange exchange, Response response) {
    begin(exchange, response, false);
  }

  @Override
  public boolean flow(Exchange exchange, Response response) {
    if (!response.body().announce(this::bodyCame)) {
      return false;
    }
    begin(exchange, response, true);
    connection.advance();
    return true;
  }

  private void begin(Exchange exchange, Response response, boolean isComing) {
    exchange.responded(response);
    ResponseHead head = head(exchange, response);
    keepAlive = head.keepAlive();
    answering = exchange;
    try {
      proceeded(exchange, writer.begin(exchange.head(), response, head, isComing));
    } catch (IOException e) {
      brokeOff(e);
    }
  }

  /** Any thread. Several pieces are one step. */
  private void bodyCame() {
    if (!isAnnounced.getAndSet(true)) {
      connection.onLoop(
          () -> {
            isAnnounced.set(false);
            if (channel.isWritable()) { // else nothing goes on, and the deadline stays
              goOn();
            }
          });
    }
  }

  private void goOn() {
    Exchange exchange = answering;
    if (exchange == null || !writer.isFlowing()) {
      return;
    }
    try {
      proceeded(exchange, writer.goOn());
    } catch (IOException e) {
      brokeOff(e);
    }
  }

  private void proceeded(Exchange exchange, Flow.Progress progress) {
    switch (progress) {
      case ENDED -> connection.exchanges().answered(exchange, keepAlive);
      case AWAITS_SOCKET -> connection.watch().answerWaits();
      case AWAITS_BODY -> connection.watch().answerIsAwaited();
    }
  }

  /** What came before it is still the client's. */
  private void brokeOff(IOException reason) {
    channel.flush();
    connection.abort(reason);
  }

  /** Ahead of the answer, where the socket takes it at once. */
  void interim(Exchange exchange, int status, Headers headers) {
    if (exchange.response().isEmpty() && channel.isWritable()) {
      writer.interim(status, headers);
    }
  }

  /** The client is to send the body that it announced (RFC 9110, 10.1.1). */
  void sayContinue() {
    Outbound.write(channel, Unpooled.wrappedBuffer(CONTINUE));
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
    connection.onLoop(() -> connection.exchanges().answered(exchange, head.keepAlive()));
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
  void writabilityChanged() {
    if (channel.isWritable() && writer.isFlowing()) {
      goOn();
      connection.advance();
    }
  }

  /** Whether the socket takes bytes. */
  boolean hasRoom() {
    return channel.isWritable();
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
