package gyre.proxy.swarm;

import gyre.wire.ClientMessage;
import gyre.wire.Digest;
import gyre.wire.Limits;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;

/**
 * What one site's swarm is to be told about the digests that this proxy holds: changes in batches,
 * everything again after a new connection. Any thread. Beyond {@link #HELD} digests the longest
 * held are no longer offered.
 */
final class Announcer {
  private static final int HELD = 65_536;

  private final SequencedSet<Digest> held = new LinkedHashSet<>();
  private final SequencedSet<Digest> gained = new LinkedHashSet<>();
  private final SequencedSet<Digest> lost = new LinkedHashSet<>();

  synchronized void gained(Digest digest) {
    if (held.add(digest)) {
      lost.remove(digest);
      gained.add(digest);
    }
    if (held.size() > HELD) {
      lost(held.getFirst());
    }
  }

  synchronized void lost(Digest digest) {
    if (held.remove(digest) && !gained.remove(digest)) {
      lost.add(digest);
    }
  }

  /** The other side knows nothing any more. */
  synchronized void again() {
    lost.clear();
    gained.clear();
    gained.addAll(held);
  }

  /** The next message to send, where there is something to say. */
  synchronized Optional<ClientMessage> next() {
    List<Digest> gains = take(gained, Limits.ANNOUNCE_DIGESTS);
    List<Digest> losses = take(lost, Limits.ANNOUNCE_DIGESTS - gains.size());
    return gains.isEmpty() && losses.isEmpty()
        ? Optional.empty()
        : Optional.of(new ClientMessage.Announce(gains, losses, List.of(), List.of()));
  }

  private static List<Digest> take(SequencedSet<Digest> from, int most) {
    List<Digest> taken = new ArrayList<>();
    while (taken.size() < most && !from.isEmpty()) {
      taken.add(from.removeFirst());
    }
    return taken;
  }
}
