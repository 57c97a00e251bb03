package gyre.wire;

import java.util.List;

/** From a client to the signalling server; PROTOCOL.md, section 4. */
public sealed interface ClientMessage {

  int READS_PACKED = 1;
  int SERVES = 2;

  /** Opens the conversation. {@code resume} and {@code page} may be empty. */
  record Hello(int version, Bytes token, Bytes resume, String page, int capabilities)
      implements ClientMessage {
    public Hello {
      Limits.uint("version", version, Integer.MAX_VALUE);
      Limits.uint("capabilities", capabilities, Integer.MAX_VALUE);
      Limits.within("token", token.length(), Limits.TOKEN);
      Limits.text("page", page, Limits.RESOURCE);
      if (!resume.isEmpty()) {
        Limits.exactly("resume", resume, Limits.RESUME);
      }
    }
  }

  record Prove(Bytes signature) implements ClientMessage {
    public Prove {
      Limits.exactly("signature", signature, Limits.SIGNATURE);
    }
  }

  record Page(String page) implements ClientMessage {
    public Page {
      Limits.text("page", page, Limits.RESOURCE);
    }
  }

  record Announce(List<Digest> gained, List<Digest> lost, List<AppId> runs, List<AppId> stops)
      implements ClientMessage {
    public Announce {
      gained = List.copyOf(gained);
      lost = List.copyOf(lost);
      runs = List.copyOf(runs);
      stops = List.copyOf(stops);
      Limits.within("digests", gained.size() + lost.size(), Limits.ANNOUNCE_DIGESTS);
      Limits.within("apps", runs.size() + stops.size(), Limits.ANNOUNCE_APPS);
    }
  }

  record Locate(long request, List<String> resources, List<Digest> digests, List<AppId> apps)
      implements ClientMessage {
    public Locate {
      Limits.uint("request", request);
      resources = List.copyOf(resources);
      resources.forEach(resource -> Limits.text("resource", resource, Limits.RESOURCE));
      digests = List.copyOf(digests);
      apps = List.copyOf(apps);
      Limits.within("items", resources.size() + digests.size() + apps.size(), Limits.LOCATE_ITEMS);
    }
  }

  /** Manifests in their encoded form: the server keeps and passes on exactly these bytes. */
  record Publish(List<Bytes> manifests, List<PageResources> pages) implements ClientMessage {
    public Publish {
      manifests = List.copyOf(manifests);
      pages = List.copyOf(pages);
      Limits.within("manifests", manifests.size(), Limits.PUBLISH_MANIFESTS);
      manifests.forEach(manifest -> Limits.within("manifest", manifest.length(), Limits.MANIFEST));
      Limits.within("pages", pages.size(), Limits.PUBLISH_PAGES);
    }
  }

  /**
   * Takes back manifests of a generation lower than this one: of these resources, or of all where
   * none is named.
   */
  record Withdraw(long generation, List<String> resources) implements ClientMessage {
    public Withdraw {
      Limits.uint("generation", generation);
      resources = List.copyOf(resources);
      resources.forEach(resource -> Limits.text("resource", resource, Limits.RESOURCE));
      Limits.within("resources", resources.size(), Limits.WITHDRAW_RESOURCES);
    }
  }

  record Relay(PeerId to, Bytes payload) implements ClientMessage {
    public Relay {
      Limits.within("relay payload", payload.length(), Limits.RELAY_PAYLOAD);
    }
  }

  record Report(List<PeerReport> peers) implements ClientMessage {
    public Report {
      peers = List.copyOf(peers);
      Limits.within("peers", peers.size(), Limits.REPORT_PEERS);
    }
  }

  record Ping(long nonce) implements ClientMessage {
    public Ping {
      Limits.uint("nonce", nonce);
    }
  }
}
