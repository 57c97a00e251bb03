package gyre.signalling.directory;

import gyre.signalling.matching.Asker;
import gyre.signalling.matching.Candidate;
import gyre.signalling.matching.Ranking;
import gyre.wire.AppId;
import gyre.wire.ClientMessage;
import gyre.wire.Digest;
import gyre.wire.PeerId;
import gyre.wire.PeerKind;
import gyre.wire.Providers;
import gyre.wire.Runners;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** What a member is told: manifests, providers, neighbours, runners. Reads the swarm's state. */
final class Offers {
  /** Candidates drawn per digest before ranking: the work stays the same for a popular one. */
  private static final int SAMPLE = 32;

  private static final int PROVIDERS_OF_A_PAGE = 4;
  private static final int PROVIDERS_ASKED_FOR = 8;
  private static final int NEIGHBOURS = 8;

  private final Roll roll;
  private final Holdings holdings;
  private final Catalogue catalogue;
  private final Ranking ranking;
  private final RandomGenerator random;

  Offers(
      Roll roll, Holdings holdings, Catalogue catalogue, Ranking ranking, RandomGenerator random) {
    this.roll = roll;
    this.holdings = holdings;
    this.catalogue = catalogue;
    this.ranking = ranking;
    this.random = random;
  }

  /** The manifests of the member's page with providers; those that somebody holds come first. */
  Parcel page(Member member, Instant now) {
    Parcel parcel = new Parcel();
    List<Published> withoutProviders = new ArrayList<>();
    for (String resource : catalogue.resourcesOf(member.page())) {
      catalogue
          .find(resource, now)
          .ifPresent(
              manifest -> {
                Providers found = providers(member, manifest.digest(), PROVIDERS_OF_A_PAGE, now);
                if (found.peers().isEmpty()) {
                  withoutProviders.add(manifest);
                } else if (parcel.add(manifest)) {
                  parcel.add(found);
                }
              });
    }
    withoutProviders.forEach(parcel::add);
    return parcel;
  }

  Parcel answer(Member member, ClientMessage.Locate question, Instant now) {
    Parcel parcel = new Parcel();
    question.apps().forEach(app -> parcel.add(runners(app, now)));
    question
        .digests()
        .forEach(digest -> parcel.add(providers(member, digest, PROVIDERS_ASKED_FOR, now)));
    for (String resource : question.resources()) {
      catalogue
          .find(resource, now)
          .filter(parcel::add)
          .ifPresent(
              manifest ->
                  parcel.add(providers(member, manifest.digest(), PROVIDERS_ASKED_FOR, now)));
    }
    return parcel;
  }

  /** Peers that the member may want to know early: for a visitor those on its page first. */
  List<PeerId> neighbours(Member member, Instant now) {
    Set<Member> drawn = new LinkedHashSet<>();
    switch (member.kind()) {
      case VISITOR -> {
        drawn.addAll(roll.onPage(member.page(), SAMPLE, random));
        drawn.addAll(roll.sample(PeerKind.VISITOR, SAMPLE, random));
      }
      case PROXY -> drawn.addAll(roll.sample(PeerKind.PROXY, SAMPLE, random));
      case WORKER -> {}
    }
    return ids(ranking.providers(member.asAsker(), asCandidates(drawn, member), NEIGHBOURS, now));
  }

  Runners runners(AppId app, Instant now) {
    List<Candidate> running =
        roll.running(app, SAMPLE, random).stream()
            .map(worker -> worker.asCandidateFor(worker))
            .toList();
    return new Runners(app, ids(ranking.best(running, PROVIDERS_ASKED_FOR, now)));
  }

  private Providers providers(Member member, Digest digest, int limit, Instant now) {
    Asker asker = member.asAsker();
    List<Candidate> holders = asCandidates(holdings.sample(digest, SAMPLE, random), member);
    List<Candidate> best = ranking.providers(asker, holders, limit, now);
    for (int place = 0; place < best.size(); place++) {
      best.get(place).conduct().named(place, now);
    }
    return new Providers(digest, ids(best));
  }

  private static List<Candidate> asCandidates(Collection<Member> members, Member asker) {
    return members.stream().map(member -> member.asCandidateFor(asker)).toList();
  }

  private static List<PeerId> ids(List<Candidate> candidates) {
    return candidates.stream().map(Candidate::peer).toList();
  }
}
