package gyre.wire;

/**
 * What a client saw of one peer since its last report. Bytes of bodies, chunks that failed their
 * check, milliseconds.
 */
public record PeerReport(PeerId peer, long served, long received, long badChunks, long rttMillis) {
  public PeerReport {
    Limits.uint("served", served);
    Limits.uint("received", received);
    Limits.uint("bad chunks", badChunks);
    Limits.uint("rtt", rttMillis);
  }
}
