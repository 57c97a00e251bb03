package gyre.proxy.upstream;

import gyre.proxy.transport.Outbound;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A connection to a server that speaks HTTP/2 (RFC 9113): each exchange is a stream of its own. Its
 * window holds what all streams together may have sent, so that one whose reader waits holds up
 * none of the others. Ends when nothing was under way for a while, or when it takes no more streams
 * and the last one is over.
 */
final class H2Connection extends ChannelInboundHandlerAdapter {
  private static final int STREAMS = 100;
  private static final int STREAM_WINDOW = 65_535;
  private static final int HEADERS = 64 << 10;

  private final Channel channel;
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile int most = STREAMS;
  private volatile boolean isRetired;

  private H2Connection(Channel channel) {
    this.channel = channel;
  }

  /** Makes the channel speak HTTP/2. */
  static H2Connection join(Channel channel, ClientLimits limits) {
    Http2Settings settings =
        Http2Settings.defaultSettings()
            .pushEnabled(false)
            .initialWindowSize(STREAM_WINDOW)
            .maxHeaderListSize(HEADERS);
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast(new IdleStateHandler(0, 0, limits.idle().toMillis(), TimeUnit.MILLISECONDS));
    pipeline.addLast(
        Http2FrameCodecBuilder.forClient()
            .initialSettings(settings)
            .encoderEnforceMaxConcurrentStreams(true)
            .build());
    pipeline.addLast(new Http2MultiplexHandler(new Pushed()));
    H2Connection connection = new H2Connection(channel);
    pipeline.addLast(connection);
    return connection;
  }

  /** Begins a stream; it reads nothing before it is asked to. */
  Future<Http2StreamChannel> open(Endpoint endpoint, ClientLimits limits) {
    return new Http2StreamChannelBootstrap(channel)
        .option(ChannelOption.AUTO_READ, false)
        .handler(
            new ChannelInitializer<Http2StreamChannel>() {
              @Override
              protected void initChannel(Http2StreamChannel stream) {
                StreamInput input = new StreamInput(stream);
                stream
                    .pipeline()
                    .addLast(input)
                    .addLast(new Http2StreamFrameToHttpObjectCodec(false))
                    .addLast(
                        new ClientConnection(
                            endpoint,
                            stream,
                            input,
                            new StreamOutput(stream, input::refused),
                            limits));
              }
            })
        .open();
  }

  /** Any thread: true where there is room for one more stream, which {@link #left} ends. */
  boolean enter() {
    if (underWay.incrementAndGet() <= most && !isRetired && channel.isActive()) {
      return true;
    }
    left();
    return false;
  }

  void left() {
    if (underWay.decrementAndGet() == 0 && isRetired) {
      Outbound.close(channel);
    }
  }

  /** Any thread: no stream begins here any more. */
  void retire() {
    isRetired = true;
    if (underWay.get() == 0) {
      Outbound.close(channel);
    }
  }

  void close() {
    Outbound.close(channel);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    if (context.channel().isActive()) {
      widen(context);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    widen(context);
    context.fireChannelActive();
  }

  private static void widen(ChannelHandlerContext context) {
    Outbound.writeAndFlush(
        context, new DefaultHttp2WindowUpdateFrame((STREAMS - 1) * STREAM_WINDOW));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object frame) {
    switch (frame) {
      case Http2SettingsFrame settings when settings.settings().maxConcurrentStreams() != null ->
          most = (int) Math.min(STREAMS, settings.settings().maxConcurrentStreams());
      case Http2GoAwayFrame goAway -> retire();
      default -> {}
    }
    ReferenceCountUtil.release(frame);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof IdleStateEvent && underWay.get() == 0) {
      retire();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    Outbound.close(context);
  }

  /** What a server pushes although it was told not to. */
  private static final class Pushed extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel stream) {
      Outbound.close(stream);
    }
  }
}
