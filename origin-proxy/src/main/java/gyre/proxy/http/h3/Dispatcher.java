package gyre.proxy.http.h3;

import gyre.proxy.http.exchange.Front;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.handler.codec.quic.EpollQuicUtils;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicCodecDispatcher;
import io.netty.handler.codec.quic.QuicConnectionIdGenerator;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Gives each socket its QUIC codec; a packet goes to the socket that its connection ID names.
 * Shared by the sockets of one address; what it makes is owned by their event loops.
 */
final class Dispatcher extends QuicCodecDispatcher {
  /** Handshakes at the same time, from which on clients prove their address first. */
  static final int CALM = 64;

  /** Handshakes at the same time, beyond which there are no further ones. */
  private static final int MOST = 4_096;

  /** Packets that leave in one system call. */
  private static final int SEGMENTS = 16;

  /** What is read of a stream at once. */
  private static final int PIECE = 64 << 10;

  private final Front front;
  private final Newcomers newcomers;
  private final AtomicInteger handshakes = new AtomicInteger();
  private final byte[] tokenKey = RetryTokens.newKey();

  Dispatcher(Front front, Newcomers newcomers) {
    this.front = front;
    this.newcomers = newcomers;
  }

  @Override
  protected void initChannel(
      Channel socket, int localConnectionIdLength, QuicConnectionIdGenerator connectionIds) {
    AmplificationGuard guard = new AmplificationGuard();
    RetryTokens tokens = new RetryTokens(tokenKey, () -> handshakes.get() >= CALM, front.clock());
    QuicServerCodecBuilder codec =
        Settings.transport(front.limits())
            .localConnectionIdLength(localConnectionIdLength)
            .connectionIdAddressGenerator(connectionIds)
            .tokenHandler(tokens)
            .sslEngineProvider(
                channel -> newcomers.certificates().map(null).newEngine(channel.alloc()))
            .handler(
                new ChannelInitializer<QuicChannel>() {
                  @Override
                  protected void initChannel(QuicChannel channel) {
                    new Handshake(front, newcomers, handshakes, tokens.isValidated(), guard::proved)
                        .begin(channel, MOST);
                  }
                })
            .streamHandler(new StreamFaults())
            .streamOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(512, 4_096, PIECE));
    if (socket instanceof EpollDatagramChannel
        && EpollDatagramChannel.isSegmentedDatagramPacketSupported()) {
      codec.option(
          QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR,
          EpollQuicUtils.newSegmentedAllocator(SEGMENTS));
    }
    socket.pipeline().addLast(guard).addLast(codec.build());
  }
}
