package gyre.load.replay;

import gyre.wire.Digest;
import gyre.wire.PeerId;
import gyre.wire.Providers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What each simulated visitor that is still there holds: who a located provider really is. */
final class Holders {
  private final Map<PeerId, Set<Digest>> holdings = new ConcurrentHashMap<>();

  void arrived(PeerId peer) {
    holdings.put(peer, ConcurrentHashMap.newKeySet());
  }

  void left(PeerId peer) {
    holdings.remove(peer);
  }

  void holds(PeerId peer, Digest digest) {
    holdings.computeIfPresent(
        peer,
        (_, held) -> {
          held.add(digest);
          return held;
        });
  }

  /** Whether somebody whom the directory named is here and holds it. */
  boolean anyHolds(List<Providers> located, Digest digest) {
    return located.stream()
        .filter(providers -> providers.digest().equals(digest))
        .flatMap(providers -> providers.peers().stream())
        .anyMatch(peer -> holdings.getOrDefault(peer, Set.of()).contains(digest));
  }
}
