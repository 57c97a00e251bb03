package gyre.proxy.swarm;

/** A peer cancelled before it began: the request may be put to another one. */
final class RefusedException extends PeerException {
  private static final long serialVersionUID = 1L;

  RefusedException(String message) {
    super(message);
  }
}
