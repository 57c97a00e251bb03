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
      Limits.within("sdp", sdp.length(), Limits.SDP);
    }
  }

  record Answer(Bytes connection, String sdp, Bytes token, Bytes signature) implements PeerSignal {
    public Answer {
      Limits.within("sdp", sdp.length(), Limits.SDP);
    }
  }

  record Candidate(Bytes connection, String candidate, String mid, int line) implements PeerSignal {
    public Candidate {
      Limits.within("candidate", candidate.length(), Limits.CANDIDATE);
    }
  }

  record Bye(Bytes connection, String reason) implements PeerSignal {
    public Bye {
      Limits.within("reason", reason.length(), Limits.REASON);
    }
  }
}
