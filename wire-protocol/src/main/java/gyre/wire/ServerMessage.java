package gyre.wire;

import java.util.List;

/** From the signalling server to a client; PROTOCOL.md, section 4. */
public sealed interface ServerMessage {

  record Welcome(
      PeerId peer,
      long heartbeatMillis,
      Bytes resume,
      boolean resumed,
      List<Bytes> manifests,
      List<Providers> providers,
      List<PeerId> neighbours)
      implements ServerMessage {
    public Welcome {
      manifests = List.copyOf(manifests);
      providers = List.copyOf(providers);
      neighbours = List.copyOf(neighbours);
      Limits.within("neighbours", neighbours.size(), Limits.NEIGHBOURS);
    }
  }

  record Challenge(Bytes nonce) implements ServerMessage {}

  /** {@code request} is 0 where nobody asked: the runners of an app changed. */
  record Located(
      long request, List<Bytes> manifests, List<Providers> providers, List<Runners> runners)
      implements ServerMessage {
    public Located {
      manifests = List.copyOf(manifests);
      providers = List.copyOf(providers);
      runners = List.copyOf(runners);
    }
  }

  record Relayed(PeerId from, Bytes payload) implements ServerMessage {}

  record Hint(List<Bytes> manifests, List<Providers> providers) implements ServerMessage {
    public Hint {
      manifests = List.copyOf(manifests);
      providers = List.copyOf(providers);
    }
  }

  record Refused(RefusalCode code, String reason) implements ServerMessage {}

  record GoAway(long reconnectMillis) implements ServerMessage {}

  record Pong(long nonce) implements ServerMessage {}
}
