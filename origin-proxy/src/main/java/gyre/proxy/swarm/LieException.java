package gyre.proxy.swarm;

/** A peer sent, under a digest, bytes that are not what the digest promises. */
final class LieException extends PeerException {
  private static final long serialVersionUID = 1L;

  LieException(String message) {
    super(message);
  }
}
