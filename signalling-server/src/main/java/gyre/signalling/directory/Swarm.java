package gyre.signalling.directory;

import gyre.signalling.matching.Ranking;
import gyre.wire.AppId;
import gyre.wire.ClientMessage;
import gyre.wire.Digest;
import gyre.wire.PeerId;
import gyre.wire.PeerKind;
import gyre.wire.PeerReport;
import gyre.wire.RefusalCode;
import gyre.wire.Runners;
import gyre.wire.ServerMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** The peers of one site and what they said. Nothing in it refers to another site. */
final class Swarm {
  private final Capacity capacity;
  private final Duration heartbeat;
  private final Roll roll = new Roll();
  private final Holdings holdings;
  private final Catalogue catalogue;
  private final Departures departures;
  private final Ledger ledger = new Ledger();
  private final Offers offers;

  Swarm(Capacity capacity, Duration heartbeat, RandomGenerator random) {
    this.capacity = capacity;
    this.heartbeat = heartbeat;
    this.holdings = new Holdings(capacity);
    this.catalogue = new Catalogue(capacity);
    this.departures = new Departures(capacity);
    this.offers = new Offers(roll, holdings, catalogue, new Ranking(random), random);
  }

  List<Reply> join(Command.Join join, Instant now) {
    List<Reply> replies = new ArrayList<>();
    Newcomer newcomer = join.newcomer();
    Optional<Member> earlier = earlier(join, now, replies);
    Member member =
        earlier
            .map(session -> Member.resumed(newcomer, join.page(), session))
            .orElseGet(() -> Member.first(newcomer, join.page(), now));
    roll.enter(member);
    earlier.ifPresent(session -> session.holdings().forEach(held -> holdings.gain(member, held)));
    Set<AppId> runs = earlier.map(session -> Set.copyOf(session.runs())).orElse(Set.of());
    runs.forEach(app -> roll.start(member, app));

    Parcel parcel = offers.page(member, now);
    replies.add(
        new Reply.Send(
            member.peer(),
            new ServerMessage.Welcome(
                member.peer(),
                heartbeat.toMillis(),
                newcomer.resume(),
                earlier.isPresent(),
                parcel.manifests(),
                parcel.providers(),
                offers.neighbours(member, now))));
    replies.addAll(tellProxies(runs, now));
    return replies;
  }

  /**
   * The session that the newcomer resumes: one that ended, or one whose end was not noticed yet.
   */
  private Optional<Member> earlier(Command.Join join, Instant now, List<Reply> replies) {
    if (join.resume().isEmpty()) {
      return Optional.empty();
    }
    Optional<Member> present = roll.findByResume(join.resume());
    if (present.isPresent() && present.get().mayBeResumedBy(join.newcomer())) {
      replies.addAll(leave(present.get().peer(), now));
      replies.add(new Reply.End(present.get().peer()));
    }
    return departures.take(join.resume(), join.newcomer(), now);
  }

  List<Reply> leave(PeerId peer, Instant now) {
    Optional<Member> found = roll.find(peer);
    if (found.isEmpty()) {
      return List.of();
    }
    Member member = found.get();
    holdings.unlist(member);
    roll.exit(member);
    departures.remember(member, now);
    departures.leaveRoomFor(holdings.total());
    return tellProxies(member.runs(), now);
  }

  List<Reply> turn(Member member, String page, Instant now) {
    roll.turn(member, page);
    Parcel parcel = offers.page(member, now);
    return send(member, new ServerMessage.Hint(parcel.manifests(), parcel.providers()));
  }

  List<Reply> announce(Member member, ClientMessage.Announce change, Instant now) {
    change.lost().forEach(digest -> holdings.lose(member, digest));
    int refused = 0;
    for (Digest digest : change.gained()) {
      refused += holdings.gain(member, digest) ? 0 : 1;
    }
    departures.leaveRoomFor(holdings.total());
    Set<AppId> changed = new LinkedHashSet<>();
    change.stops().stream().filter(app -> roll.stop(member, app)).forEach(changed::add);
    for (AppId app : change.runs()) {
      boolean hasRoom = member.runs().size() < capacity.apps();
      if (hasRoom && roll.start(member, app)) {
        changed.add(app);
      }
      refused += member.runs().contains(app) ? 0 : 1;
    }
    List<Reply> replies = new ArrayList<>(tellProxies(changed, now));
    if (refused > 0) {
      replies.addAll(refuse(member, refused + " announced items are over what a peer may hold"));
    }
    return replies;
  }

  List<Reply> locate(Member member, ClientMessage.Locate question, Instant now) {
    Parcel parcel = offers.answer(member, question, now);
    return send(
        member,
        new ServerMessage.Located(
            question.request(), parcel.manifests(), parcel.providers(), parcel.runners()));
  }

  void publish(Command.Publish publish, Instant now) {
    publish.manifests().forEach(manifest -> catalogue.put(manifest, now));
    publish.pages().forEach(catalogue::put);
  }

  void withdraw(ClientMessage.Withdraw withdrawal) {
    catalogue.withdraw(withdrawal);
  }

  void report(Member reporter, ClientMessage.Report report, Instant now) {
    for (PeerReport line : report.peers()) {
      roll.find(line.peer())
          .filter(reported -> reported != reporter)
          .ifPresent(reported -> ledger.enter(reporter, reported, line, now));
    }
  }

  void expire(Instant now) {
    catalogue.expire(now);
    departures.expire(now);
  }

  Optional<Member> find(PeerId peer) {
    return roll.find(peer);
  }

  Census.Site census(String site, Instant now) {
    return new Census.Site(
        site,
        new Census.Peers(
            roll.count(PeerKind.VISITOR), roll.count(PeerKind.WORKER), roll.count(PeerKind.PROXY)),
        roll.some(),
        holdings.digests(),
        holdings.total(),
        catalogue.size(),
        catalogue.pageCount(),
        ledger.received(),
        ledger.badChunks(),
        roll.apps(),
        ledger.recent(now));
  }

  /** Every proxy learns unasked who runs these apps now. */
  private List<Reply> tellProxies(Set<AppId> changed, Instant now) {
    List<Reply> replies = new ArrayList<>();
    for (Member proxy : changed.isEmpty() ? List.<Member>of() : roll.all(PeerKind.PROXY)) {
      List<Runners> runners = changed.stream().map(app -> offers.runners(app, now)).toList();
      replies.addAll(send(proxy, new ServerMessage.Located(0, List.of(), List.of(), runners)));
    }
    return replies;
  }

  private static List<Reply> refuse(Member member, String reason) {
    return send(member, new ServerMessage.Refused(RefusalCode.LIMIT, reason));
  }

  private static List<Reply> send(Member member, ServerMessage message) {
    return List.of(new Reply.Send(member.peer(), message));
  }
}
