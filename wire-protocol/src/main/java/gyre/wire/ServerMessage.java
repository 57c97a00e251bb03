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
      Limits.uint("heartbeat", heartbeatMillis);
      Limits.exactly("resume", resume, Limits.RESUME);
      manifests = List.copyOf(manifests);
      providers = List.copyOf(providers);
      neighbours = List.copyOf(neighbours);
      checkFindings(manifests, providers);
      Limits.within("neighbours", neighbours.size(), Limits.NEIGHBOURS);
    }
  }

  record Challenge(Bytes nonce) implements ServerMessage {
    public Challenge {
      Limits.exactly("nonce", nonce, Limits.CHALLENGE);
    }
  }

  /** {@code request} is 0 where nobody asked: the runners of an app changed. */
  record Located(
      long request, List<Bytes> manifests, List<Providers> providers, List<Runners> runners)
      implements ServerMessage {
    public Located {
      Limits.uint("request", request);
      manifests = List.copyOf(manifests);
      providers = List.copyOf(providers);
      runners = List.copyOf(runners);
      checkFindings(manifests, providers);
      Limits.within("apps", runners.size(), Limits.LOCATE_ITEMS);
    }
  }

  record Relayed(PeerId from, Bytes payload) implements ServerMessage {
    public Relayed {
      Limits.within("relay payload", payload.length(), Limits.RELAY_PAYLOAD);
    }
  }

  record Hint(List<Bytes> manifests, List<Providers> providers) implements ServerMessage {
    public Hint {
      manifests = List.copyOf(manifests);
      providers = List.copyOf(providers);
      checkFindings(manifests, providers);
    }
  }

  record Refused(RefusalCode code, String reason) implements ServerMessage {
    public Refused {
      Limits.text("reason", reason, Limits.REASON);
    }
  }

  record GoAway(long reconnectMillis) implements ServerMessage {
    public GoAway {
      Limits.uint("reconnect", reconnectMillis);
    }
  }

  record Pong(long nonce) implements ServerMessage {
    public Pong {
      Limits.uint("nonce", nonce);
    }
  }

  private static void checkFindings(List<Bytes> manifests, List<Providers> providers) {
    Limits.within("manifests", manifests.size(), Limits.MANIFESTS);
    manifests.forEach(manifest -> Limits.within("manifest", manifest.length(), Limits.MANIFEST));
    Limits.within("digests", providers.size(), Limits.PROVIDED_DIGESTS);
  }
}
