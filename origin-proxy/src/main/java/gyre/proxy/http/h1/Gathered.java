package gyre.proxy.http.h1;

import gyre.proxy.transport.Outbound;
import gyre.proxy.transport.WriteGate;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.io.IOException;
import java.time.Duration;

/**
 * What of one response leaves together: its head, and as much of its body as is there. Owned by the
 * virtual thread that pulls the body. Closing drops what was not sent.
 */
final class Gathered implements AutoCloseable {
  /** Bytes that are worth a system call. */
  static final int ENOUGH = 64 << 10;

  private static final int FRAMING = 2 << 10;

  private final Channel channel;
  private final WriteGate gate;
  private final Duration patience;
  private final int room;
  private ByteBuf bytes;

  /** {@code patience}: how long the socket may take nothing; {@code expected}: bytes of body. */
  Gathered(Channel channel, WriteGate gate, Duration patience, long expected) {
    this.channel = channel;
    this.gate = gate;
    this.patience = patience;
    this.room = FRAMING + (int) Math.min(ENOUGH, expected);
    this.bytes = channel.alloc().buffer(room);
  }

  /** Where to append. */
  ByteBuf bytes() {
    return bytes;
  }

  boolean isEnough() {
    return bytes.readableBytes() >= ENOUGH;
  }

  /** Sends what there is, if anything, and waits while the socket is full. */
  void send() throws IOException {
    if (bytes.isReadable()) {
      sendAtOnce();
      gate.await(channel, patience);
    }
  }

  /** Sends what there is, whether the socket takes it or not: there will be no more. */
  void sendAtOnce() {
    ByteBuf sent = bytes;
    bytes = channel.alloc().buffer(room);
    Outbound.writeAndFlush(channel, sent);
  }

  @Override
  public void close() {
    bytes.release();
  }
}
