package gyre.wire;

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
}
