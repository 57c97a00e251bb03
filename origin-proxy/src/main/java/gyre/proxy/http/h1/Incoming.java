package gyre.proxy.http.h1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.ByteToMessageDecoder;

/**
 * What has arrived of one connection and waits to be parsed, at most {@link #READ_AHEAD} bytes and
 * one read more. Owned by the event loop.
 */
final class Incoming {
  private static final int READ_AHEAD = 64 << 10;

  private final RequestParser parser;
  private ByteBuf received = Unpooled.EMPTY_BUFFER;

  Incoming(RequestParser parser) {
    this.parser = parser;
  }

  /** Takes the bytes over. */
  void add(ByteBufAllocator allocator, ByteBuf bytes) {
    received = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, received, bytes);
  }

  Parsed next() {
    return parser.next(received);
  }

  boolean isEmpty() {
    return !received.isReadable();
  }

  boolean hasRoom() {
    return received.readableBytes() < READ_AHEAD;
  }

  /**
   * Skips what has arrived of a request that was answered before its end; whether that is all of
   * it.
   */
  boolean skipToEnd() {
    while (true) {
      switch (next()) {
        case Parsed.Content content -> content.bytes().release();
        case Parsed.End end -> {
          return true;
        }
        case Parsed.Incomplete incomplete -> {
          return false;
        }
        case Parsed.Malformed malformed -> {
          return false;
        }
        case Parsed.Head head -> throw new IllegalStateException("a head inside a body");
      }
    }
  }

  /** Gives the bytes to somebody else, who releases them. */
  ByteBuf handOver() {
    ByteBuf rest = received;
    received = Unpooled.EMPTY_BUFFER;
    return rest;
  }

  void release() {
    handOver().release();
  }
}
