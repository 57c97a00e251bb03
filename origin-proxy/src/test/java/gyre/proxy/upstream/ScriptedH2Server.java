package gyre.proxy.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import gyre.proxy.transport.Outbound;
import gyre.proxy.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/**
 * A server that speaks HTTP/2 on loopback, in cleartext or over TLS; each frame is given to a
 * script.
 */
public final class ScriptedH2Server implements AutoCloseable {

  /** What one stream does; on its event loop, so it never blocks. */
  public interface Script {
    void received(Stream stream, Http2StreamFrame frame);
  }

  private final AtomicInteger connections = new AtomicInteger();
  private final Channel listener;

  public ScriptedH2Server(Transport transport, int streams, Script script) {
    this(transport, streams, script, Optional.empty());
  }

  /** Over TLS, where it agrees to HTTP/2 alone (RFC 7301). */
  public ScriptedH2Server(Transport transport, int streams, Script script, SSLContext tls) {
    this(transport, streams, script, Optional.of(alone(tls)));
  }

  private static SslContext alone(SSLContext tls) {
    return new JdkSslContext(
        tls,
        false,
        null,
        IdentityCipherSuiteFilter.INSTANCE,
        new ApplicationProtocolConfig(
            ApplicationProtocolConfig.Protocol.ALPN,
            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_2),
        ClientAuth.NONE,
        null,
        false);
  }

  private ScriptedH2Server(
      Transport transport, int streams, Script script, Optional<SslContext> tls) {
    listener =
        new ServerBootstrap()
            .group(transport.group())
            .channel(transport.serverChannel())
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    connections.incrementAndGet();
                    tls.ifPresent(
                        secure ->
                            connection.pipeline().addLast(secure.newHandler(connection.alloc())));
                    connection
                        .pipeline()
                        .addLast(
                            Http2FrameCodecBuilder.forServer()
                                .initialSettings(
                                    Http2Settings.defaultSettings().maxConcurrentStreams(streams))
                                .build())
                        .addLast(new Http2MultiplexHandler(streams(script)));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
  }

  private static ChannelInitializer<Channel> streams(Script script) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel stream) {
        stream
            .pipeline()
            .addLast(
                new SimpleChannelInboundHandler<Http2StreamFrame>() {
                  @Override
                  protected void channelRead0(ChannelHandlerContext c, Http2StreamFrame frame) {
                    script.received(new Stream(stream), frame);
                  }
                });
      }
    };
  }

  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  public int connections() {
    return connections.get();
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
  }

  /** One request's stream, seen from the server. */
  public record Stream(Channel channel) {

    /** Name, value, name, value…; {@code :status} among them, but for trailers. */
    public Stream headers(boolean isEnd, String... namesAndValues) {
      Http2Headers headers = new DefaultHttp2Headers();
      for (int i = 0; i < namesAndValues.length; i += 2) {
        headers.add(namesAndValues[i], namesAndValues[i + 1]);
      }
      Outbound.writeAndFlush(channel, new DefaultHttp2HeadersFrame(headers, isEnd));
      return this;
    }

    public Stream data(String text) {
      Outbound.writeAndFlush(
          channel, new DefaultHttp2DataFrame(Unpooled.copiedBuffer(text, UTF_8), false));
      return this;
    }

    public void reset(Http2Error error) {
      Outbound.writeAndFlush(channel, new DefaultHttp2ResetFrame(error));
    }

    /** No further stream on this connection. */
    public void goAway() {
      Outbound.writeAndFlush(channel.parent(), new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
    }

    /** Neither this one nor a further stream on this connection is served. */
    public void goAwayBefore() {
      int last = ((Http2StreamChannel) channel).stream().id() - 2;
      ByteBuf frame = Unpooled.buffer(17).writeMedium(8).writeByte(7).writeByte(0).writeInt(0);
      Outbound.writeAndFlush(channel.parent(), frame.writeInt(last).writeInt(0));
    }
  }

  public static boolean isEnd(Http2StreamFrame frame) {
    return switch (frame) {
      case Http2HeadersFrame headers -> headers.isEndStream();
      case Http2DataFrame data -> data.isEndStream();
      default -> false;
    };
  }
}
