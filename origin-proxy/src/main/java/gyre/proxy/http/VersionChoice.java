package gyre.proxy.http;

import gyre.proxy.http.exchange.Front;
import gyre.proxy.http.exchange.FrontConnection;
import gyre.proxy.http.h1.H1Connection;
import gyre.proxy.http.h2.H2Connection;
import gyre.proxy.http.tls.SniChoice;
import gyre.proxy.sender.TrustedProxies.Arrival;
import gyre.proxy.transport.Deadline;
import gyre.proxy.transport.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.time.Duration;

/**
 * A connection until it is known which version of HTTP it speaks: over TLS what ALPN agreed on (RFC
 * 9113, 3.2), in cleartext HTTP/2 where the client begins with its preface (RFC 9113, 3.3). Owned
 * by its event loop.
 */
final class VersionChoice extends ChannelInboundHandlerAdapter implements FrontConnection {
  private static final ByteBuf PREFACE = Http2CodecUtil.connectionPrefaceBuf();

  private static final Duration LAST_REQUEST = Duration.ofSeconds(1);

  private final Front front;
  private final Channel channel;
  private final Arrival line;
  private final boolean secure;
  private final Deadline deadline;
  private ByteBuf received = Unpooled.EMPTY_BUFFER;

  VersionChoice(Front front, Channel channel, Arrival line) {
    this.front = front;
    this.channel = channel;
    this.line = line;
    this.secure = line.scheme().equals("https");
    this.deadline = new Deadline(channel.eventLoop(), () -> Outbound.close(channel));
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    deadline.set(front.limits().times().head());
    context.read();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
      String agreed = channel.pipeline().get(SslHandler.class).applicationProtocol();
      if (SniChoice.VALIDATION.equals(agreed)) {
        Outbound.close(channel);
      } else {
        choose(context, ApplicationProtocolNames.HTTP_2.equals(agreed));
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    received =
        ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), received, (ByteBuf) message);
    int seen = Math.min(received.readableBytes(), PREFACE.readableBytes());
    boolean fits = ByteBufUtil.equals(received, received.readerIndex(), PREFACE, 0, seen);
    if (!secure && (!fits || seen == PREFACE.readableBytes())) {
      choose(context, fits);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    context.read();
  }

  private void choose(ChannelHandlerContext context, boolean isHttp2) {
    deadline.end();
    FrontConnection chosen =
        isHttp2 ? new H2Connection(front, channel, line) : new H1Connection(front, channel, line);
    ByteBuf first = received;
    received = Unpooled.EMPTY_BUFFER;
    context.pipeline().addAfter(context.name(), null, chosen);
    if (first.isReadable()) {
      context.fireChannelRead(first);
    }
    context.pipeline().remove(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    deadline.end();
    received.release();
    received = Unpooled.EMPTY_BUFFER;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    Outbound.close(channel);
  }

  /** A client that is connecting now may have a request on its way. */
  @Override
  public void drain() {
    deadline.set(LAST_REQUEST);
  }
}
