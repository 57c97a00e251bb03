package gyre.proxy.swarm;

import gyre.proxy.fetch.AppSource;
import gyre.proxy.message.Request;
import gyre.wire.AppId;
import gyre.wire.PeerId;
import gyre.wire.PeerKind;
import gyre.wire.Runners;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers that run the configured apps, with a warm channel to each. Of two taken at random the
 * one with less outstanding answers.
 */
final class Workers implements AppSource {
  private static final Logger LOG = LoggerFactory.getLogger(Workers.class);

  /** How long a worker that is no longer listed may take to say that it lives. */
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(2);

  /** An open channel to a worker, and whether the directory lists it now. */
  private record Runner(PeerChannel channel, boolean isListed) {}

  /**
   * The runners of one app in one swarm. {@code former} ones are no longer listed, as all are not
   * while the signalling server goes down; an open channel to one serves where no listed one does,
   * once it has proved each time that it lives: most who leave are dead.
   */
  private record Roster(SiteSwarm swarm, List<PeerId> listed, Set<PeerId> former) {

    Roster changedTo(List<PeerId> now) {
      Set<PeerId> left = new HashSet<>(former);
      left.addAll(listed);
      left.removeAll(now);
      left.removeIf(peer -> channel(peer).isEmpty());
      return new Roster(swarm, List.copyOf(now), Set.copyOf(left));
    }

    List<Runner> open() {
      List<Runner> open = open(listed, true);
      return open.isEmpty() ? open(former, false) : open;
    }

    Set<PeerId> wanted() {
      Set<PeerId> wanted = new HashSet<>(listed);
      if (open(listed, true).isEmpty()) {
        wanted.addAll(former);
      }
      return wanted;
    }

    private List<Runner> open(Collection<PeerId> peers, boolean isListed) {
      return peers.stream()
          .flatMap(peer -> channel(peer).stream())
          .map(channel -> new Runner(channel, isListed))
          .toList();
    }

    private Optional<PeerChannel> channel(PeerId peer) {
      return swarm.peers().open(peer, PeerKind.WORKER);
    }
  }

  private volatile Set<AppId> apps;
  private final Retries retries = new Retries();
  private final Map<AppId, Map<SiteSwarm, Roster>> rosters = new ConcurrentHashMap<>();

  Workers(Set<AppId> apps) {
    this.apps = Set.copyOf(apps);
  }

  Set<AppId> apps() {
    return apps;
  }

  /** From now on these; who runs others is forgotten. */
  void need(Set<AppId> wanted) {
    apps = Set.copyOf(wanted);
    rosters.keySet().retainAll(apps);
  }

  /** The runners of some apps changed in one swarm. */
  void changed(SiteSwarm swarm, List<Runners> changed) {
    for (Runners of : changed) {
      if (apps.contains(of.app())) {
        rosters
            .computeIfAbsent(of.app(), _ -> new ConcurrentHashMap<>())
            .compute(
                swarm,
                (_, before) ->
                    (before == null ? new Roster(swarm, List.of(), Set.of()) : before)
                        .changedTo(of.peers()));
      }
    }
    examineFormer(swarm);
    warmUp(swarm);
  }

  /** What a dead one was given is not to wait for its deadline. */
  private void examineFormer(SiteSwarm swarm) {
    rostersIn(swarm).stream()
        .flatMap(roster -> roster.open(roster.former(), false).stream())
        .map(Runner::channel)
        .distinct()
        .forEach(channel -> Thread.ofVirtual().start(() -> examine(channel)));
  }

  private static void examine(PeerChannel channel) {
    try {
      var _ = lives(channel);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks for anything at all; a channel that stays silent is closed. */
  private static boolean lives(PeerChannel channel) throws InterruptedException {
    Optional<Call> question = channel.call("GET", "/", List.of(), true);
    if (question.isEmpty()) {
      return false;
    }
    try (Call asked = question.get()) {
      var _ = asked.head(Deadline.in(SIGN_OF_LIFE));
      return true;
    } catch (RefusedException e) {
      return true;
    } catch (PeerException e) {
      LOG.info("{} is no longer listed, and silent: {}", channel.peer(), e.getMessage());
      channel.close();
      return false;
    }
  }

  /**
   * Connects to every runner that is not connected; called again and again. One that failed is left
   * alone for a while that grows.
   */
  void warmUp(SiteSwarm swarm) {
    for (PeerId peer : listedIn(swarm)) {
      if (swarm.peers().open(peer).isEmpty() && retries.isDue(peer)) {
        var _ =
            swarm
                .peers()
                .connect(peer, Optional.of(PeerKind.WORKER))
                .whenComplete((channel, failure) -> retries.ended(peer, failure == null));
      }
    }
  }

  /** Those whose channels are to be kept, used or not. */
  Set<PeerId> wantedIn(SiteSwarm swarm) {
    Set<PeerId> wanted = new HashSet<>();
    rostersIn(swarm).forEach(roster -> wanted.addAll(roster.wanted()));
    return wanted;
  }

  private Set<PeerId> listedIn(SiteSwarm swarm) {
    Set<PeerId> listed = new HashSet<>();
    rostersIn(swarm).forEach(roster -> listed.addAll(roster.listed()));
    return listed;
  }

  private List<Roster> rostersIn(SiteSwarm swarm) {
    return rosters.values().stream()
        .flatMap(bySwarm -> Optional.ofNullable(bySwarm.get(swarm)).stream())
        .toList();
  }

  /** Workers with an open channel, for metrics. */
  int ready(AppId app) {
    return openTo(app).size();
  }

  @Override
  public Outcome call(AppId app, Request request, Duration patience) throws InterruptedException {
    Deadline deadline = Deadline.in(patience);
    Set<Runner> open = new LinkedHashSet<>(openTo(app));
    Outcome outcome = new Outcome.Unavailable("no worker runs " + app);
    while (!open.isEmpty() && outcome instanceof Outcome.Unavailable && !deadline.hasPassed()) {
      Runner chosen = lessLoaded(List.copyOf(open));
      open.remove(chosen);
      if (chosen.isListed() || lives(chosen.channel())) {
        outcome = new AppCall(chosen.channel(), request, deadline).ask();
      }
    }
    return outcome;
  }

  private List<Runner> openTo(AppId app) {
    return rosters.getOrDefault(app, Map.of()).values().stream()
        .flatMap(roster -> roster.open().stream())
        .toList();
  }

  private static Runner lessLoaded(List<Runner> open) {
    RandomGenerator random = RandomGenerator.getDefault();
    Runner one = open.get(random.nextInt(open.size()));
    Runner other = open.get(random.nextInt(open.size()));
    return one.channel().outstanding() <= other.channel().outstanding() ? one : other;
  }
}
