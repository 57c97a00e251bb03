package gyre.proxy.http.tunnel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.Lease;
import gyre.proxy.message.Request;
import gyre.proxy.transport.Outbound;
import gyre.wire.HeaderField;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.concurrent.TimeUnit;

/**
 * Sends the request to a server that took the connection, TLS included, and waits for its answer to
 * the upgrade. Owned by the event loop.
 */
final class Handshake extends ChannelInboundHandlerAdapter {
  private static final int SECONDS = 10;

  /** Of the answer's head, in bytes. */
  static final int HEAD = 16 << 10;

  private final ServerSide side;
  private final Lease lease;
  private final Request request;
  private final boolean secure;
  private ByteBuf received = Unpooled.EMPTY_BUFFER;
  private boolean isSent;
  private boolean isDecided;

  Handshake(ServerSide side, Decision.Target target, boolean secure) {
    this.side = side;
    this.lease = target.lease();
    this.request = target.request();
    this.secure = secure;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    var _ =
        context.executor().schedule(() -> fail(context, "no answer"), SECONDS, TimeUnit.SECONDS);
    if (side.isOver()) {
      fail(context, "the client has left");
    } else if (!secure) {
      send(context);
    }
    context.read();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        send(context);
      } else {
        fail(context, String.valueOf(handshake.cause().getMessage()));
      }
    }
  }

  private void send(ChannelHandlerContext context) {
    isSent = true;
    Outbound.writeAndFlush(context, head(context));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    received =
        ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), received, (ByteBuf) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (isDecided) {
      return;
    }
    String seen = received.toString(0, Math.min(received.readableBytes(), HEAD), ISO_8859_1);
    if (seen.contains("\r\n\r\n")) {
      answered(context, seen);
    } else if (seen.length() == HEAD) {
      fail(context, "a head without end");
    } else {
      context.read();
    }
  }

  private void answered(ChannelHandlerContext context, String head) {
    if (side.isOver()) {
      fail(context, "the client has left");
    } else if (head.startsWith("HTTP/1.1 101 ")) {
      isDecided = true;
      side.switched(lease, context.channel(), received);
      context.pipeline().remove(this);
    } else {
      decide(context);
      side.declined(lease, "it answered " + head.lines().findFirst().orElse(""));
    }
  }

  private void fail(ChannelHandlerContext context, String reason) {
    if (isDecided) {
      return;
    }
    decide(context);
    if (isSent) {
      side.failed(lease, reason);
    } else {
      side.unreachable(lease, reason);
    }
  }

  private void decide(ChannelHandlerContext context) {
    isDecided = true;
    received.release();
    Outbound.close(context);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail(context, "it closed the connection");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(context, String.valueOf(cause.getMessage()));
  }

  private ByteBuf head(ChannelHandlerContext context) {
    StringBuilder head = new StringBuilder();
    head.append(request.method()).append(' ').append(request.target()).append(" HTTP/1.1\r\n");
    for (HeaderField field : request.headers().fields()) {
      head.append(field.name()).append(": ").append(field.value()).append("\r\n");
    }
    head.append("\r\n");
    return context.alloc().buffer(head.length()).writeBytes(head.toString().getBytes(ISO_8859_1));
  }
}
