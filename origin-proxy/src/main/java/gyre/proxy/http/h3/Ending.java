package gyre.proxy.http.h3;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;

/** Ends of streams and connections whose outcome nobody waits for. */
@SuppressWarnings("FutureReturnValueIgnored") // a stream that is gone already is what is wanted
final class Ending {
  private Ending() {}

  /** STOP_SENDING (RFC 9000, 3.5). */
  static void stopReading(QuicStreamChannel stream, Http3ErrorCode code) {
    stream.shutdownInput(code.code());
  }

  /** Neither side goes on: RESET_STREAM and STOP_SENDING. */
  static void reset(QuicStreamChannel stream, Http3ErrorCode code) {
    stream.shutdown(code.code());
    stream.close();
  }

  /** After the last byte of what was sent; nothing more is read. */
  static void close(QuicStreamChannel stream) {
    stream.close();
  }

  static void close(QuicChannel connection, Http3ErrorCode code, String reason) {
    connection.close(true, code.code(), Unpooled.copiedBuffer(reason, US_ASCII));
  }
}
