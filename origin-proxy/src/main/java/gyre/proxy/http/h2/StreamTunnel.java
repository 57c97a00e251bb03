package gyre.proxy.http.h2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gyre.proxy.fetch.Decision;
import gyre.proxy.http.exchange.Front;
import gyre.proxy.http.exchange.Outbox;
import gyre.proxy.http.tunnel.ClientSide;
import gyre.proxy.http.tunnel.ServerSide;
import gyre.proxy.http.tunnel.WebSocketKey;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.QueuedBody;
import gyre.proxy.message.Response;
import gyre.proxy.transport.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket over one stream (RFC 8441), joined to a server's connection, which is asked by an
 * Upgrade of HTTP/1.1. What the server does not take keeps the stream's window closed; what the
 * client does not take is not read from the server. Owned by the event loop.
 */
final class StreamTunnel implements ClientSide {
  private final H2Connection connection;
  private final H2Stream stream;
  private final ServerSide opening;
  private final WebSocketKey key = WebSocketKey.random();
  private final int idleSeconds;
  private final Outbox outbox = new Outbox();
  private @Nullable Channel server;
  private @Nullable ByteBuf held;
  private boolean clientEnded;
  private boolean isFull;

  StreamTunnel(Front front, H2Connection connection, H2Stream stream, Decision.Tunnel tunnel) {
    this.connection = connection;
    this.stream = stream;
    this.idleSeconds = (int) front.limits().times().tunnelIdle().toSeconds();
    Decision.Tunnel keyed =
        new Decision.Tunnel(
            () ->
                tunnel
                    .targets()
                    .next()
                    .map(t -> new Decision.Target(t.lease(), key.on(t.request()))));
    this.opening = new ServerSide(front, connection.channel().eventLoop(), keyed, this);
  }

  void open() {
    opening.open();
  }

  /**
   * What a DATA frame holds. It waits here, however small the frames are, and leaves the window
   * only when it is written.
   */
  void received(ByteBuf content, boolean ends) {
    ByteBuf gathered = held;
    if (gathered == null) {
      gathered = connection.alloc().buffer(content.readableBytes());
      held = gathered;
    }
    gathered.writeBytes(content);
    clientEnded |= ends;
    passOn();
  }

  private void passOn() {
    Channel to = server;
    ByteBuf piece = held;
    if (to == null || !to.isWritable()) {
      return;
    }
    held = null;
    if (piece != null) {
      int size = piece.readableBytes();
      var _ = to.writeAndFlush(piece).addListener(written -> stream.giveBack(size));
    }
    if (clientEnded) {
      endTowards(to);
    }
  }

  private static void endTowards(Channel server) {
    if (server instanceof DuplexChannel duplex && server.pipeline().get(SslHandler.class) == null) {
      Outbound.shutdownOutputWhenWritten(duplex, () -> {});
    } else {
      Outbound.closeWhenWritten(server);
    }
  }

  @Override
  public void switched(Channel opened, ByteBuf received) {
    Optional<Headers> accepted = key.accepted(head(received));
    if (accepted.isEmpty()) {
      received.release();
      Outbound.close(opened);
      connection.tell("a server that does not know WebSockets");
      refused(Response.text(502, "gyre: no tunnel"));
      return;
    }
    server = opened;
    opened.pipeline().addLast(new IdleStateHandler(0, 0, idleSeconds, TimeUnit.SECONDS));
    opened.pipeline().addLast(new FromServer());
    stream.begin(new Response(200, accepted.get(), endless()), outbox);
    take(received);
    passOn();
    if (!isFull) {
      opened.read();
    }
    connection.work();
  }

  /** Stands for content of no known length; the outbox has it. */
  private static Body endless() {
    QueuedBody.Feed nobody =
        new QueuedBody.Feed() {
          @Override
          public void wanted() {}

          @Override
          public void abandoned() {}
        };
    return new QueuedBody(OptionalLong.empty(), 1, Duration.ZERO, nobody);
  }

  /** The head of the answer, which is taken out. */
  private static String head(ByteBuf received) {
    String seen = received.toString(ISO_8859_1);
    int end = seen.indexOf("\r\n\r\n") + 4;
    received.skipBytes(end);
    return seen.substring(0, end);
  }

  private void take(ByteBuf bytes) {
    if (bytes.isReadable()) {
      isFull = !outbox.offer(bytes, this::hasRoom);
    } else {
      bytes.release();
    }
  }

  private void hasRoom() {
    isFull = false;
    Channel from = server;
    if (from != null) {
      from.read();
    }
  }

  @Override
  public void refused(Response response) {
    stream.now(stream.exchange(), response);
    connection.work();
  }

  /** The stream is over, for whatever reason. */
  void over() {
    opening.giveUp();
    ByteBuf unsent = held;
    held = null;
    if (unsent != null) {
      unsent.release();
    }
    if (server != null) {
      Outbound.closeWhenWritten(server);
    }
  }

  /** What the server sends, and that it takes more. */
  private final class FromServer extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
      take((ByteBuf) bytes);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      if (!isFull) {
        context.read();
      }
      connection.streams().ready(stream);
      connection.work();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      passOn();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      outbox.end(Headers.EMPTY);
      connection.streams().ready(stream);
      connection.work();
    }

    /** Nothing for too long. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof IdleStateEvent) {
        Outbound.close(context);
      }
    }

    /** RFC 9113, 8.5. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (!stream.isOver()) {
        connection.outgoing().reset(stream.stream(), Http2Error.CONNECT_ERROR);
      }
      Outbound.close(context);
    }
  }
}
