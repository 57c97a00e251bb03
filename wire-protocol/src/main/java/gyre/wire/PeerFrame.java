package gyre.wire;

import java.util.List;

/**
 * One frame of an exchange between two peers; PROTOCOL.md, section 5. {@code exchange} 0 is the
 * channel itself.
 */
public sealed interface PeerFrame {
  int exchange();

  record Request(int exchange, String method, String target, List<HeaderField> headers)
      implements PeerFrame {
    public Request {
      checkExchange(exchange);
      if (!HttpSyntax.isToken(method)) {
        throw new IllegalArgumentException("not a method");
      }
      if (!HttpSyntax.isTarget(target)) {
        throw new IllegalArgumentException("not a request target");
      }
      Limits.text("method", method, Limits.METHOD);
      Limits.text("target", target, Limits.TARGET);
      headers = List.copyOf(headers);
      HeaderField.checkTogether(headers);
    }
  }

  record Response(int exchange, int status, List<HeaderField> headers) implements PeerFrame {
    public Response {
      checkExchange(exchange);
      if (status < 200 || status > 599) {
        throw new IllegalArgumentException("not a final status: " + status);
      }
      headers = List.copyOf(headers);
      HeaderField.checkTogether(headers);
    }
  }

  record Data(int exchange, Bytes payload) implements PeerFrame {
    public Data {
      checkExchange(exchange);
      Limits.within("payload", payload.length(), Limits.FRAME_PAYLOAD);
    }
  }

  /** The payload is one zstd frame that decodes to exactly one chunk. */
  record Packed(int exchange, Bytes payload) implements PeerFrame {
    public Packed {
      checkExchange(exchange);
      Limits.within("payload", payload.length(), Limits.FRAME_PAYLOAD);
    }
  }

  record End(int exchange) implements PeerFrame {
    public End {
      checkExchange(exchange);
    }
  }

  record Cancel(int exchange, CancelCode code, String reason) implements PeerFrame {
    public Cancel {
      checkExchange(exchange);
      Limits.text("reason", reason, Limits.REASON);
    }
  }

  record Credit(int exchange, long bytes) implements PeerFrame {
    public Credit {
      checkExchange(exchange);
      Limits.uint("credit", bytes);
    }
  }

  private static void checkExchange(int exchange) {
    if (exchange < 0) {
      throw new IllegalArgumentException("not the number of an exchange: " + exchange);
    }
  }
}
