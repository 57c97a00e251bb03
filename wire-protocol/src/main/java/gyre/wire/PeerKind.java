package gyre.wire;

import java.util.Optional;

/** What a peer is, as its token says. */
public enum PeerKind {
  VISITOR(1),
  WORKER(2),
  PROXY(3);

  private final int code;

  PeerKind(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  public static Optional<PeerKind> of(long code) {
    for (PeerKind each : values()) {
      if (each.code == code) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }
}
