package gyre.load.visitor;

/** Bytes of bodies that a visitor got, by where they came from, as its client counted them. */
public record Traffic(long ownStore, long peers, long origin, long httpCache) {
  public static final Traffic NONE = new Traffic(0, 0, 0, 0);

  public Traffic plus(Traffic other) {
    return new Traffic(
        ownStore + other.ownStore,
        peers + other.peers,
        origin + other.origin,
        httpCache + other.httpCache);
  }

  /** What came over a network: from peers or from the origin. */
  public long fetched() {
    return peers + origin;
  }
}
