package gyre.wire;

/**
 * What two peers tell each other through a relay to open a connection; PROTOCOL.md, section 4.
 * {@code connection} has 8 bytes.
 */
public sealed interface PeerSignal {
  Bytes connection();

  /** {@code token} and {@code signature} are empty between visitors. */
  record Offer(Bytes connection, String sdp, Bytes token, Bytes signature) implements PeerSignal {
    public Offer {
      Limits.exactly("connection", connection, Limits.CONNECTION);
      Limits.text("sdp", sdp, Limits.SDP);
      Limits.within("token", token.length(), Limits.TOKEN);
      checkSignature(signature);
    }
  }

  record Answer(Bytes connection, String sdp, Bytes token, Bytes signature) implements PeerSignal {
    public Answer {
      Limits.exactly("connection", connection, Limits.CONNECTION);
      Limits.text("sdp", sdp, Limits.SDP);
      Limits.within("token", token.length(), Limits.TOKEN);
      checkSignature(signature);
    }
  }

  record Candidate(Bytes connection, String candidate, String mid, int line) implements PeerSignal {
    public Candidate {
      Limits.exactly("connection", connection, Limits.CONNECTION);
      Limits.text("candidate", candidate, Limits.CANDIDATE);
      Limits.text("mid", mid, Limits.MID);
      Limits.uint("line", line, Limits.MEDIA_LINES);
    }
  }

  record Bye(Bytes connection, String reason) implements PeerSignal {
    public Bye {
      Limits.exactly("connection", connection, Limits.CONNECTION);
      Limits.text("reason", reason, Limits.REASON);
    }
  }

  private static void checkSignature(Bytes signature) {
    if (!signature.isEmpty()) {
      Limits.exactly("signature", signature, Limits.SIGNATURE);
    }
  }
}
