package gyre.signalling.directory;

import static gyre.signalling.directory.Actors.app;
import static gyre.signalling.directory.Actors.digest;
import static gyre.signalling.directory.Actors.sent;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.signalling.directory.Actors.Actor;
import gyre.wire.AppId;
import gyre.wire.Digest;
import gyre.wire.Limits;
import gyre.wire.PeerId;
import gyre.wire.PeerKind;
import gyre.wire.Runners;
import gyre.wire.ServerMessage;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every directory does, whatever keeps its state. */
abstract class DirectoryContract {
  private static final String PAGE = "//example.com/";
  private static final String PHOTO = "//example.com/photo.jpg";
  private static final Digest D = digest(1);
  private static final AppId SEARCH = app("search");

  private Actors actors;

  /** A new, empty directory. */
  abstract Directory create(Capacity capacity);

  @BeforeEach
  void begin() {
    actors = new Actors(create(Capacity.DEFAULT));
  }

  @Test
  void whoeverAnnouncedADigestIsNamedToAnotherVisitor() {
    Actor holder = actors.visitor("a");
    Actor reader = actors.visitor("a");
    holder.gains(D);
    assertEquals(List.of(holder.id()), reader.providersOf(D));
  }

  @Test
  void nobodyIsNamedToThemselves() {
    Actor holder = actors.visitor("a");
    holder.gains(D);
    assertEquals(List.of(), holder.providersOf(D));
  }

  @Test
  void whoeverLostADigestOrLeftIsNamedNoMore() {
    Actor loser = actors.visitor("a");
    Actor leaver = actors.visitor("a");
    Actor reader = actors.visitor("a");
    loser.gains(D);
    leaver.gains(D);
    loser.loses(D);
    leaver.leaves();
    assertEquals(List.of(), reader.providersOf(D));
  }

  @Test
  void aVisitorWhoDoesNotServeIsNotNamed() {
    actors.visitorWhoOnlyReads("a").gains(D);
    assertEquals(List.of(), actors.visitor("a").providersOf(D));
  }

  @Test
  void aPeerOfOneSiteSeesNothingOfAnother() {
    Actor proxy = actors.proxy("a");
    proxy.publishes(actors.manifest(PHOTO, D, 1));
    proxy.mapsPage(PAGE, PHOTO);
    actors.visitorOn("a", PAGE).gains(D);
    actors.worker("a").runs(SEARCH);

    Actor stranger = actors.visitorOn("b", PAGE);
    assertEquals(List.of(), stranger.welcome().manifests());
    assertEquals(List.of(), stranger.welcome().neighbours());
    assertEquals(List.of(), stranger.providersOf(D));
    assertEquals(List.of(), stranger.manifestsOf(PHOTO));
    assertEquals(List.of(), actors.proxy("b").runnersOf(SEARCH));
    assertEquals(List.of(), actors.proxy("b").providersOf(D));
  }

  @Test
  void visitorsGetVisitorsAndProxiesGetVisitorsAndOtherProxies() {
    Actor visitor = actors.visitor("a");
    Actor proxy = actors.proxy("a");
    Actor otherProxy = actors.proxy("a");
    Actor worker = actors.worker("a");
    List.of(visitor, proxy, otherProxy, worker).forEach(peer -> peer.gains(D));

    assertEquals(List.of(visitor.id()), actors.visitor("a").providersOf(D));
    assertEquals(Set.of(visitor.id(), otherProxy.id()), new HashSet<>(proxy.providersOf(D)));
    assertEquals(List.of(), worker.providersOf(D));
  }

  @Test
  void aWelcomeBringsThePagesManifestsWithTheirProvidersAndNeighbours() {
    Actor proxy = actors.proxy("a");
    Published photo = actors.manifest(PHOTO, D, 1);
    proxy.publishes(photo);
    proxy.mapsPage(PAGE, PHOTO, "//example.com/unknown.jpg");
    Actor first = actors.visitorOn("a", PAGE);
    first.gains(D);

    ServerMessage.Welcome welcome = actors.visitorOn("a", PAGE).welcome();
    assertEquals(List.of(photo.encoded()), welcome.manifests());
    assertEquals(D, welcome.providers().getFirst().digest());
    assertEquals(List.of(first.id()), welcome.providers().getFirst().peers());
    assertEquals(List.of(first.id()), welcome.neighbours());
    assertFalse(welcome.resumed());
  }

  @Test
  void aPageTurnIsAnsweredByAHintOfTheNewPage() {
    Actor proxy = actors.proxy("a");
    proxy.publishes(actors.manifest(PHOTO, D, 1));
    proxy.mapsPage(PAGE, PHOTO);
    assertEquals(1, actors.visitor("a").turnsTo(PAGE).manifests().size());
  }

  @Test
  void proxiesLearnUnaskedWhenTheRunnersOfAnAppChange() {
    Actor proxy = actors.proxy("a");
    Actor stranger = actors.proxy("b");
    Actor worker = actors.worker("a");

    List<Reply> started = worker.runs(SEARCH);
    assertEquals(List.of(new Runners(SEARCH, List.of(worker.id()))), told(proxy, started));
    assertEquals(List.of(), sent(ServerMessage.Located.class, stranger.id(), started));
    assertEquals(List.of(), worker.runs(SEARCH), "nothing changed");
    assertEquals(List.of(new Runners(SEARCH, List.of())), told(proxy, worker.stops(SEARCH)));
    worker.runs(SEARCH);
    assertEquals(List.of(new Runners(SEARCH, List.of())), told(proxy, worker.leaves()));
  }

  private static List<Runners> told(Actor proxy, List<Reply> replies) {
    ServerMessage.Located located =
        sent(ServerMessage.Located.class, proxy.id(), replies).getFirst();
    assertEquals(0, located.request());
    return located.runners();
  }

  @Test
  void aResumedSessionKeepsWhatItHeldUnderItsNewId() {
    Actor before = actors.visitor("a");
    before.gains(D);
    before.leaves();
    actors.passes(Duration.ofSeconds(29));
    Actor after = actors.resuming("a", PeerKind.VISITOR, before.resume());
    assertTrue(after.welcome().resumed());
    assertEquals(List.of(after.id()), actors.visitor("a").providersOf(D));
  }

  @Test
  void aSessionCannotBeResumedLateTwiceOrByAnotherKindOrSite() {
    Actor late = actors.visitor("a");
    late.leaves();
    actors.passes(Duration.ofSeconds(31));
    assertFalse(actors.resuming("a", PeerKind.VISITOR, late.resume()).welcome().resumed());

    Actor worker = actors.worker("a");
    worker.leaves();
    assertFalse(actors.resuming("a", PeerKind.VISITOR, worker.resume()).welcome().resumed());
    assertFalse(actors.resuming("b", PeerKind.WORKER, worker.resume()).welcome().resumed());
    assertTrue(actors.resuming("a", PeerKind.WORKER, worker.resume()).welcome().resumed());
    assertFalse(actors.resuming("a", PeerKind.WORKER, worker.resume()).welcome().resumed());
  }

  @Test
  void aSessionResumedBeforeItsEndWasNoticedEndsTheOldConnection() {
    Actor before = actors.visitor("a");
    before.gains(D);
    Actor after = actors.resuming("a", PeerKind.VISITOR, before.resume());
    assertTrue(after.welcome().resumed());
    assertTrue(after.joinReplies().contains(new Reply.End(before.id())));
    assertEquals(List.of(), before.leaves(), "its later end changes nothing");
    assertEquals(List.of(after.id()), actors.visitor("a").providersOf(D));
  }

  @Test
  void aResumedWorkerRunsItsAppsAgainAndProxiesLearnIt() {
    Actor proxy = actors.proxy("a");
    Actor worker = actors.worker("a");
    worker.runs(SEARCH);
    worker.leaves();
    Actor again = actors.resuming("a", PeerKind.WORKER, worker.resume());
    assertEquals(
        List.of(new Runners(SEARCH, List.of(again.id()))), told(proxy, again.joinReplies()));
    assertEquals(List.of(again.id()), proxy.runnersOf(SEARCH));
  }

  @Test
  void aManifestIsGivenOutAsTheExactBytesUntilItExpires() {
    Published photo = actors.manifest(PHOTO, D, 1);
    actors.proxy("a").publishes(photo);
    Actor reader = actors.visitor("a");
    assertEquals(List.of(photo.encoded()), reader.manifestsOf(PHOTO));
    actors.passes(Limits.MANIFEST_LIFETIME);
    assertEquals(List.of(), reader.manifestsOf(PHOTO));
  }

  @Test
  void anOlderManifestDoesNotReplaceANewerOne() {
    Actor proxy = actors.proxy("a");
    Published old = actors.manifest(PHOTO, D, 1);
    actors.passes(Duration.ofSeconds(1));
    Published renewed = actors.manifest(PHOTO, D, 1);
    Published next = actors.manifest(PHOTO, digest(2), 2);
    Actor reader = actors.visitor("a");
    proxy.publishes(renewed, old);
    assertEquals(List.of(renewed.encoded()), reader.manifestsOf(PHOTO));
    proxy.publishes(next, renewed);
    assertEquals(List.of(next.encoded()), reader.manifestsOf(PHOTO));
  }

  @Test
  void aWithdrawnGenerationIsGoneAndDoesNotComeBack() {
    Actor proxy = actors.proxy("a");
    Actor reader = actors.visitor("a");
    Published first = actors.manifest(PHOTO, D, 1);
    Published other = actors.manifest("//example.com/other.jpg", digest(3), 1);
    proxy.publishes(first, other);
    proxy.withdraws(2, PHOTO);
    proxy.publishes(first);
    assertEquals(List.of(), reader.manifestsOf(PHOTO));
    assertEquals(List.of(other.encoded()), reader.manifestsOf(other.resource()));
    proxy.withdraws(2);
    proxy.publishes(other);
    assertEquals(List.of(), reader.manifestsOf(other.resource()));
  }

  @Test
  void oneAccuserLosesAProviderForItselfAndThreeForEverybody() {
    Actor liar = actors.visitor("a");
    liar.gains(D);
    List<Actor> accusers = IntStream.range(0, 3).mapToObj(i -> actors.visitor("a")).toList();
    Actor reader = actors.visitor("a");

    accusers.get(0).reports(liar, 0, 1);
    accusers.get(0).reports(liar, 0, 1);
    accusers.get(0).reports(liar, 0, 1);
    assertEquals(List.of(), accusers.get(0).providersOf(D));
    accusers.get(1).reports(liar, 0, 1);
    assertEquals(List.of(liar.id()), reader.providersOf(D));
    accusers.get(2).reports(liar, 0, 1);
    assertEquals(List.of(), reader.providersOf(D));
  }

  @Test
  void manyVisitorsOfOneAddressAccuseAsOne() {
    Actor honest = actors.visitor("a");
    honest.gains(D);
    for (int i = 0; i < 20; i++) {
      Actor accuser = actors.visitorFrom("a", 7);
      accuser.reports(honest, 0, 1);
      assertEquals(List.of(), accuser.providersOf(D));
    }
    assertEquals(List.of(honest.id()), actors.visitor("a").providersOf(D));
    actors.visitorFrom("a", 8).reports(honest, 0, 1);
    actors.visitorFrom("a", 9).reports(honest, 0, 1);
    assertEquals(List.of(), actors.visitor("a").providersOf(D));
  }

  @Test
  void resumingWashesNobodyCleanAndGivesNoSecondVoice() {
    Actor liar = actors.visitor("a");
    liar.gains(D);
    Actor accuser = actors.visitor("a");
    accuser.reports(liar, 0, 1);
    Actor again = actors.resuming("a", PeerKind.VISITOR, accuser.resume());
    again.reports(liar, 0, 1);
    Actor andAgain = actors.resuming("a", PeerKind.VISITOR, again.resume());
    andAgain.reports(liar, 0, 1);
    assertEquals(List.of(liar.id()), actors.visitor("a").providersOf(D));

    Actor renamed = actors.resuming("a", PeerKind.VISITOR, liar.resume());
    assertEquals(List.of(), andAgain.providersOf(D));
    assertEquals(List.of(renamed.id()), actors.visitor("a").providersOf(D));
  }

  @Test
  void anAccusationAcrossSitesIsNotHeard() {
    Actor honest = actors.visitor("a");
    honest.gains(D);
    for (int i = 0; i < 3; i++) {
      actors.visitor("b").reports(honest, 0, 1);
    }
    assertEquals(List.of(honest.id()), actors.visitor("a").providersOf(D));
    assertEquals(0, actors.census().sites().getFirst().badChunks());
  }

  @Test
  void askingOftenSpreadsTheLoadOverAllHolders() {
    List<Actor> holders = IntStream.range(0, 20).mapToObj(i -> actors.visitor("a")).toList();
    holders.forEach(holder -> holder.gains(D));
    Actor reader = actors.visitor("a");
    Set<PeerId> firsts = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      firsts.add(reader.providersOf(D).getFirst());
    }
    assertEquals(20, firsts.size());
  }

  @Test
  void aPeerOverItsCapacityIsToldAndHoldsNoMore() {
    Capacity small = new Capacity(2, 2, 100, 1, 1 << 20, 100, 10, Duration.ofSeconds(30));
    actors = new Actors(create(small));
    Actor greedy = actors.visitor("a");
    List<Reply> replies = greedy.gains(digest(1), digest(2), digest(3));
    assertEquals(1, sent(ServerMessage.Refused.class, greedy.id(), replies).size());
    assertEquals(2, actors.census().sites().getFirst().holdings());
    assertEquals(List.of(), actors.visitor("a").providersOf(digest(3)));
  }

  @Test
  void thoseWhoLeftHoldNoMoreThanTheSiteMayAndTheOldestAreForgottenFirst() {
    Capacity small = new Capacity(2, 2, 4, 1, 1 << 20, 100, 100, Duration.ofSeconds(30));
    actors = new Actors(create(small));
    List<Actor> gone =
        IntStream.range(0, 3)
            .mapToObj(
                i -> {
                  Actor actor = actors.visitor("a");
                  actor.gains(digest(2 * i), digest(2 * i + 1));
                  actor.leaves();
                  return actor;
                })
            .toList();
    assertFalse(resumes(gone.get(0)));
    actors.visitor("a").gains(digest(6));
    assertFalse(resumes(gone.get(1)), "those who are here come first");
    assertTrue(resumes(gone.get(2)));
  }

  private boolean resumes(Actor gone) {
    return actors.resuming("a", PeerKind.VISITOR, gone.resume()).welcome().resumed();
  }

  @Test
  void theLeastRecentlyUsedManifestsGoFirst() {
    Capacity small = new Capacity(10, 10, 100, 1, 950, 100, 10, Duration.ofSeconds(30));
    actors = new Actors(create(small));
    Actor proxy = actors.proxy("a");
    Actor reader = actors.visitor("a");
    proxy.publishes(actors.manifest("//e/1", digest(1), 1), actors.manifest("//e/2", digest(2), 1));
    proxy.publishes(actors.manifest("//e/3", digest(3), 1));
    assertEquals(1, reader.manifestsOf("//e/1").size());
    proxy.publishes(actors.manifest("//e/4", digest(4), 1));
    assertEquals(1, reader.manifestsOf("//e/1").size());
    assertEquals(List.of(), reader.manifestsOf("//e/2"));
  }

  @Test
  void theCensusCountsWhatIsThere() {
    actors.proxy("a").publishes(actors.manifest(PHOTO, D, 1));
    Actor worker = actors.worker("a");
    worker.runs(SEARCH);
    Actor holder = actors.visitor("a");
    holder.gains(D, digest(2));
    Actor reader = actors.visitor("a");
    reader.reports(holder, 1_000, 2);
    actors.passes(Duration.ofSeconds(3));

    Census.Site site = actors.census().sites().getFirst();
    assertEquals(new Census.Peers(2, 1, 1), site.peers());
    assertEquals(2, site.digests());
    assertEquals(1, site.manifests());
    assertEquals(1_000, site.received());
    assertEquals(2, site.badChunks());
    assertEquals(List.of(new Census.App(SEARCH, List.of(worker.id()))), site.apps());
    assertEquals(
        List.of(new Census.Transfer(holder.id(), reader.id(), 1_000, 2, 3_000)), site.transfers());
  }

  @Test
  void whoIsNotHereChangesNothing() {
    Actor gone = actors.visitor("a");
    gone.leaves();
    assertEquals(List.of(), gone.gains(D));
    assertEquals(List.of(), gone.leaves());
    assertEquals(List.of(), actors.visitor("a").providersOf(D));
  }
}
