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
      Limits.within("method", method.length(), Limits.METHOD);
      Limits.within("target", target.length(), Limits.TARGET);
      headers = List.copyOf(headers);
      Limits.within("headers", headers.size(), Limits.HEADERS);
    }
  }

  record Response(int exchange, int status, List<HeaderField> headers) implements PeerFrame {
    public Response {
      headers = List.copyOf(headers);
      Limits.within("headers", headers.size(), Limits.HEADERS);
    }
  }

  record Data(int exchange, Bytes payload) implements PeerFrame {
    public Data {
      Limits.within("payload", payload.length(), Limits.FRAME_PAYLOAD);
    }
  }

  /** The payload is one zstd frame that decodes to exactly one chunk. */
  record Packed(int exchange, Bytes payload) implements PeerFrame {
    public Packed {
      Limits.within("payload", payload.length(), Limits.FRAME_PAYLOAD);
    }
  }

  record End(int exchange) implements PeerFrame {}

  record Cancel(int exchange, CancelCode code, String reason) implements PeerFrame {
    public Cancel {
      Limits.within("reason", reason.length(), Limits.REASON);
    }
  }

  record Credit(int exchange, long bytes) implements PeerFrame {}
}
