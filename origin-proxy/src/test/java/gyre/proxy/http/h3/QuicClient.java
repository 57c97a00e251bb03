package gyre.proxy.http.h3;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3ControlStreamFrame;
import io.netty.handler.codec.http3.Http3GoAwayFrame;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** One connection of Netty's own HTTP/3 client, and raw streams beside it. */
public final class QuicClient implements AutoCloseable {
  private static final int SECONDS = 10;

  private final MultiThreadIoEventLoopGroup group;
  private final boolean isBare;
  private final Channel socket;
  private final QuicChannel connection;
  private final BlockingQueue<Long> goAways = new LinkedBlockingQueue<>();
  private final CompletableFuture<QuicConnectionCloseEvent> closed = new CompletableFuture<>();

  private QuicClient(
      InetSocketAddress server,
      String name,
      boolean isBare,
      UnaryOperator<QuicClientCodecBuilder> options)
      throws Exception {
    this.isBare = isBare;
    group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    QuicSslContext tls =
        QuicSslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm("")
            .applicationProtocols(Http3.supportedApplicationProtocols())
            .build();
    socket =
        new Bootstrap()
            .group(group)
            .channel(NioDatagramChannel.class)
            .handler(
                options
                    .apply(
                        Http3.newQuicClientCodecBuilder()
                            .sslEngineProvider(
                                channel -> tls.newEngine(channel.alloc(), name, server.getPort()))
                            .maxIdleTimeout(30, TimeUnit.SECONDS)
                            .initialMaxData(1 << 20)
                            .initialMaxStreamDataBidirectionalLocal(1 << 18)
                            .initialMaxStreamsBidirectional(0))
                    .build())
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
    connection =
        QuicChannel.newBootstrap(socket)
            .handler(
                new ChannelInboundHandlerAdapter() {
                  @Override
                  public void handlerAdded(ChannelHandlerContext context) {
                    if (!QuicClient.this.isBare) {
                      context.pipeline().addLast(http3());
                    }
                  }

                  @Override
                  public void userEventTriggered(ChannelHandlerContext context, Object event) {
                    if (event instanceof QuicConnectionCloseEvent close) {
                      closed.complete(close);
                    }
                  }
                })
            .remoteAddress(server)
            .connect()
            .get(SECONDS, TimeUnit.SECONDS);
  }

  public static QuicClient connect(InetSocketAddress server) throws Exception {
    return new QuicClient(server, "localhost", false, options -> options);
  }

  static QuicClient connect(InetSocketAddress server, String name) throws Exception {
    return new QuicClient(server, name, false, options -> options);
  }

  static QuicClient connect(InetSocketAddress server, UnaryOperator<QuicClientCodecBuilder> options)
      throws Exception {
    return new QuicClient(server, "localhost", false, options);
  }

  /** Without HTTP/3: every stream, also the control stream, is up to who uses it. */
  static QuicClient bare(InetSocketAddress server) throws Exception {
    return new QuicClient(server, "localhost", true, options -> options);
  }

  private Http3ClientConnectionHandler http3() {
    return new Http3ClientConnectionHandler(
        new ChannelInboundHandlerAdapter() {
          @Override
          public void channelRead(ChannelHandlerContext context, Object frame) {
            if (frame instanceof Http3GoAwayFrame goAway) {
              goAways.add(goAway.id());
            }
            ReferenceCountUtil.release((Http3ControlStreamFrame) frame);
          }
        },
        null,
        null,
        null,
        true);
  }

  /** A stream in HTTP/3. */
  public QuicStream open() throws Exception {
    QuicStream stream = new QuicStream();
    stream.begin(Http3.newRequestStream(connection, stream).get(SECONDS, TimeUnit.SECONDS));
    return stream;
  }

  public QuicStream get(String path, String... fields) throws Exception {
    return open().head("GET", path, fields).end();
  }

  /** A stream of bare bytes. */
  QuicStream raw(QuicStreamType type) throws Exception {
    QuicStream stream = new QuicStream();
    QuicStreamChannel channel =
        connection.createStream(type, stream).get(SECONDS, TimeUnit.SECONDS);
    stream.begin(channel);
    return stream;
  }

  QuicChannel connection() {
    return connection;
  }

  Channel socket() {
    return socket;
  }

  /** Whether the server has said that it will end the connection. */
  public boolean isToldToGo() {
    return !goAways.isEmpty();
  }

  long goAway() throws InterruptedException {
    Long id = goAways.poll(SECONDS, TimeUnit.SECONDS);
    if (id == null) {
      throw new AssertionError("no GOAWAY");
    }
    return id;
  }

  /** With which code the server closed the connection. */
  int closeCode() throws Exception {
    return closed.get(SECONDS, TimeUnit.SECONDS).error();
  }

  static ByteBuf bytes(int... bytes) {
    ByteBuf buffer = Unpooled.buffer(bytes.length);
    for (int b : bytes) {
      buffer.writeByte(b);
    }
    return buffer;
  }

  @Override
  public void close() {
    connection.close().awaitUninterruptibly(SECONDS, TimeUnit.SECONDS);
    socket.close().awaitUninterruptibly(SECONDS, TimeUnit.SECONDS);
    group
        .shutdownGracefully(0, 1, TimeUnit.SECONDS)
        .awaitUninterruptibly(SECONDS, TimeUnit.SECONDS);
  }
}
