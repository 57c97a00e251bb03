package gyre.signalling.directory;

import gyre.wire.AppId;
import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.Digest;
import gyre.wire.Limits;
import gyre.wire.PageResources;
import gyre.wire.PeerId;
import gyre.wire.PeerKind;
import gyre.wire.PeerReport;
import gyre.wire.Providers;
import gyre.wire.Runners;
import gyre.wire.ServerMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A directory with peers that act on it in one line each; time moves by hand. */
final class Actors {
  static final Instant START = Instant.parse("2026-11-21T00:00:00Z");

  private final Directory directory;
  private Instant now = START;
  private int peers;

  Actors(Directory directory) {
    this.directory = directory;
  }

  final class Actor {
    private final PeerId id;
    private final Bytes resume;
    private final String site;
    private final PeerKind kind;
    private final long origin;
    private List<Reply> joined = List.of();

    private Actor(String site, PeerKind kind) {
      this(site, kind, -1 - peers);
    }

    private Actor(String site, PeerKind kind, long origin) {
      peers++;
      this.origin = origin;
      this.id = new PeerId("n-" + "%022d".formatted(peers));
      this.resume = Bytes.owning(ByteBuffer.allocate(Limits.RESUME).putInt(peers).array());
      this.site = site;
      this.kind = kind;
    }

    private Actor join(boolean serves, String page, Bytes earlier) {
      joined =
          directory.apply(
              new Command.Join(
                  new Newcomer(id, site, kind, Bytes.EMPTY, serves, resume, origin), earlier, page),
              now);
      return this;
    }

    PeerId id() {
      return id;
    }

    Bytes resume() {
      return resume;
    }

    List<Reply> joinReplies() {
      return joined;
    }

    ServerMessage.Welcome welcome() {
      return only(ServerMessage.Welcome.class, id, joined);
    }

    List<Reply> leaves() {
      return directory.apply(new Command.Leave(id), now);
    }

    List<Reply> gains(Digest... digests) {
      return announces(List.of(digests), List.of(), List.of(), List.of());
    }

    List<Reply> loses(Digest... digests) {
      return announces(List.of(), List.of(digests), List.of(), List.of());
    }

    List<Reply> runs(AppId... apps) {
      return announces(List.of(), List.of(), List.of(apps), List.of());
    }

    List<Reply> stops(AppId... apps) {
      return announces(List.of(), List.of(), List.of(), List.of(apps));
    }

    private List<Reply> announces(
        List<Digest> gained, List<Digest> lost, List<AppId> runs, List<AppId> stops) {
      return directory.apply(
          new Command.Announce(id, new ClientMessage.Announce(gained, lost, runs, stops)), now);
    }

    void publishes(Published... manifests) {
      directory.apply(new Command.Publish(id, List.of(manifests), List.of()), now);
    }

    void mapsPage(String page, String... resources) {
      directory.apply(
          new Command.Publish(id, List.of(), List.of(new PageResources(page, List.of(resources)))),
          now);
    }

    void withdraws(long generation, String... resources) {
      directory.apply(
          new Command.Withdraw(id, new ClientMessage.Withdraw(generation, List.of(resources))),
          now);
    }

    void reports(Actor other, long received, long bad) {
      directory.apply(
          new Command.Report(
              id, new ClientMessage.Report(List.of(new PeerReport(other.id, 0, received, bad, 1)))),
          now);
    }

    ServerMessage.Hint turnsTo(String page) {
      return only(ServerMessage.Hint.class, id, directory.apply(new Command.Turn(id, page), now));
    }

    ServerMessage.Located locates(List<String> resources, List<Digest> digests, List<AppId> apps) {
      return only(
          ServerMessage.Located.class,
          id,
          directory.apply(
              new Command.Locate(id, new ClientMessage.Locate(7, resources, digests, apps)), now));
    }

    List<PeerId> providersOf(Digest digest) {
      return locates(List.of(), List.of(digest), List.of()).providers().stream()
          .map(Providers::peers)
          .findFirst()
          .orElse(List.of());
    }

    List<PeerId> runnersOf(AppId app) {
      return locates(List.of(), List.of(), List.of(app)).runners().stream()
          .map(Runners::peers)
          .findFirst()
          .orElse(List.of());
    }

    List<Bytes> manifestsOf(String resource) {
      return locates(List.of(resource), List.of(), List.of()).manifests();
    }
  }

  Actor visitor(String site) {
    return new Actor(site, PeerKind.VISITOR).join(true, "", Bytes.EMPTY);
  }

  /** Of an address that others may have, too. */
  Actor visitorFrom(String site, long origin) {
    return new Actor(site, PeerKind.VISITOR, origin).join(true, "", Bytes.EMPTY);
  }

  Actor visitorOn(String site, String page) {
    return new Actor(site, PeerKind.VISITOR).join(true, page, Bytes.EMPTY);
  }

  Actor visitorWhoOnlyReads(String site) {
    return new Actor(site, PeerKind.VISITOR).join(false, "", Bytes.EMPTY);
  }

  Actor resuming(String site, PeerKind kind, Bytes earlier) {
    return new Actor(site, kind).join(true, "", earlier);
  }

  Actor worker(String site) {
    return new Actor(site, PeerKind.WORKER).join(true, "", Bytes.EMPTY);
  }

  Actor proxy(String site) {
    return new Actor(site, PeerKind.PROXY).join(true, "", Bytes.EMPTY);
  }

  Published manifest(String resource, Digest digest, long generation) {
    return new Published(
        Bytes.owning((resource + "#" + generation + "@" + now).getBytes(StandardCharsets.UTF_8)),
        resource,
        digest,
        generation,
        now,
        now.plus(Limits.MANIFEST_LIFETIME));
  }

  void passes(Duration time) {
    now = now.plus(time);
    directory.apply(new Command.Tick(), now);
  }

  Census census() {
    return directory.census(now);
  }

  static Digest digest(int number) {
    return new Digest(Bytes.owning(ByteBuffer.allocate(Digest.LENGTH).putInt(number).array()));
  }

  static AppId app(String name) {
    return new AppId(name, digest(name.hashCode()));
  }

  /** The messages of this type to this peer. */
  static <M extends ServerMessage> List<M> sent(Class<M> type, PeerId to, List<Reply> replies) {
    return replies.stream()
        .filter(Reply.Send.class::isInstance)
        .map(Reply.Send.class::cast)
        .filter(send -> send.to().equals(to) && type.isInstance(send.message()))
        .map(send -> type.cast(send.message()))
        .toList();
  }

  private static <M extends ServerMessage> M only(Class<M> type, PeerId to, List<Reply> replies) {
    List<M> messages = sent(type, to, replies);
    if (messages.size() != 1) {
      throw new AssertionError("expected one " + type.getSimpleName() + " in " + replies);
    }
    return messages.getFirst();
  }
}
