package gyre.signalling.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.wire.AppId;
import gyre.wire.Digest;
import gyre.wire.Limits;
import gyre.wire.PeerId;
import gyre.wire.Providers;
import gyre.wire.Runners;
import gyre.wire.ServerMessage;
import gyre.wire.codec.ServerMessageCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Random peers of two sites do random things; a plain model of who holds and runs what is kept
 * beside the directory, and every answer is compared with it.
 */
final class DirectoryPropertyTest {
  private static final List<String> SITES = List.of("a", "b");
  private static final List<AppId> APPS = List.of(Actors.app("one"), Actors.app("two"));
  private static final int DIGESTS = 12;
  private static final int STEPS = 300;

  private record Peer(Actors.Actor actor, String site, String kind) {}

  private final List<Peer> here = new ArrayList<>();
  private final List<Peer> everybody = new ArrayList<>();
  private final Map<PeerId, Set<Digest>> holds = new HashMap<>();
  private final Map<PeerId, Set<AppId>> runs = new HashMap<>();

  @Property(tries = 60)
  void everyAnswerAgreesWithAPlainModel(@ForAll long seed) {
    here.clear();
    everybody.clear();
    Random random = new Random(seed);
    Actors actors =
        new Actors(
            new MemoryDirectory(
                Capacity.DEFAULT, Duration.ofSeconds(20), new SplittableRandom(seed)));
    for (int i = 0; i < STEPS; i++) {
      step(actors, random);
    }
    for (Census.Site site : actors.census().sites()) {
      int expected =
          here.stream()
              .filter(peer -> peer.site().equals(site.id()))
              .mapToInt(peer -> holds.get(peer.actor().id()).size())
              .sum();
      assertEquals(expected, site.holdings());
    }
  }

  private void step(Actors actors, Random random) {
    if (here.size() < 3 || random.nextInt(10) == 0) {
      join(actors, random);
      return;
    }
    Peer peer = here.get(random.nextInt(here.size()));
    Digest digest = Actors.digest(random.nextInt(DIGESTS));
    AppId app = APPS.get(random.nextInt(APPS.size()));
    PeerId id = peer.actor().id();
    switch (random.nextInt(8)) {
      case 0 -> {
        checkRunners(peer.actor().leaves());
        here.remove(peer);
      }
      case 1, 2 -> {
        peer.actor().gains(digest);
        holds.get(id).add(digest);
      }
      case 3 -> {
        peer.actor().loses(digest);
        holds.get(id).remove(digest);
      }
      case 4 -> toggle(peer, app);
      case 5 -> actors.passes(Duration.ofMillis(random.nextInt(5_000)));
      default -> check(peer, digest, app);
    }
  }

  private void join(Actors actors, Random random) {
    String site = SITES.get(random.nextInt(SITES.size()));
    Peer peer =
        switch (random.nextInt(4)) {
          case 0 -> new Peer(actors.worker(site), site, "worker");
          case 1 -> new Peer(actors.proxy(site), site, "proxy");
          default -> new Peer(actors.visitorOn(site, "//" + site + "/"), site, "visitor");
        };
    here.add(peer);
    everybody.add(peer);
    holds.put(peer.actor().id(), new HashSet<>());
    runs.put(peer.actor().id(), new HashSet<>());
    for (PeerId neighbour : peer.actor().welcome().neighbours()) {
      assertEquals(peer.site(), find(neighbour).site());
    }
  }

  private void toggle(Peer peer, AppId app) {
    if (!peer.kind().equals("worker")) {
      return;
    }
    Set<AppId> running = runs.get(peer.actor().id());
    if (running.remove(app)) {
      checkRunners(peer.actor().stops(app));
    } else {
      running.add(app);
      checkRunners(peer.actor().runs(app));
    }
  }

  private void check(Peer asker, Digest digest, AppId app) {
    ServerMessage.Located located = asker.actor().locates(List.of(), List.of(digest), List.of(app));
    for (Providers providers : located.providers()) {
      assertEquals(
          providers.peers().size(), new HashSet<>(providers.peers()).size(), "nobody twice");
      for (PeerId id : providers.peers()) {
        Peer named = find(id);
        assertTrue(here.contains(named), "is here");
        assertEquals(asker.site(), named.site());
        assertTrue(holds.get(id).contains(digest));
        assertTrue(!id.equals(asker.actor().id()), "not the asker");
        assertTrue(
            named.kind().equals("visitor")
                || (named.kind().equals("proxy") && asker.kind().equals("proxy")));
      }
    }
    boolean mustFind =
        !asker.kind().equals("worker")
            && here.stream()
                .anyMatch(
                    peer ->
                        !peer.equals(asker)
                            && peer.site().equals(asker.site())
                            && peer.kind().equals("visitor")
                            && holds.get(peer.actor().id()).contains(digest));
    assertTrue(!mustFind || !located.providers().isEmpty(), "a holder is found");
  }

  private void checkRunners(List<Reply> replies) {
    for (Reply reply : replies) {
      if (reply instanceof Reply.Send(PeerId to, ServerMessage.Located located)) {
        assertEquals("proxy", find(to).kind());
        assertTrue(ServerMessageCodec.encode(located).length <= Limits.SIGNALLING_FRAME);
        for (Runners runners : located.runners()) {
          for (PeerId id : runners.peers()) {
            assertEquals(find(to).site(), find(id).site());
            assertTrue(runs.get(id).contains(runners.app()));
          }
        }
      }
    }
  }

  private Peer find(PeerId id) {
    return everybody.stream()
        .filter(peer -> peer.actor().id().equals(id))
        .findFirst()
        .orElseThrow();
  }
}
