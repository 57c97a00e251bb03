package gyre.proxy.http.h3;

import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Exception;
import io.netty.handler.codec.http3.Http3HeadersValidationException;
import io.netty.handler.codec.quic.QuicException;

/** What Netty's complaints about a stream mean for it. */
final class Faults {
  private Faults() {}

  /** With which the stream ends. */
  static Http3ErrorCode code(Throwable cause) {
    return switch (cause) {
      case Http3Exception fault -> fault.errorCode();
      case Http3HeadersValidationException fault -> Http3ErrorCode.H3_MESSAGE_ERROR;
      case QuicException reset -> Http3ErrorCode.H3_REQUEST_CANCELLED;
      case IllegalArgumentException fault -> Http3ErrorCode.H3_MESSAGE_ERROR;
      default -> Http3ErrorCode.H3_GENERAL_PROTOCOL_ERROR;
    };
  }
}
