package gyre.signalling.directory;

import gyre.wire.PeerId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** The directory of one signalling server, in its memory. */
public final class MemoryDirectory implements Directory {
  private record Place(Swarm swarm, Member member) {}

  private final Capacity capacity;
  private final Duration heartbeat;
  private final RandomGenerator random;
  private final Map<String, Swarm> swarms = new TreeMap<>();
  private final Map<PeerId, Swarm> whereabouts = new HashMap<>();

  public MemoryDirectory(Capacity capacity, Duration heartbeat, RandomGenerator random) {
    this.capacity = capacity;
    this.heartbeat = heartbeat;
    this.random = random;
  }

  @Override
  public List<Reply> apply(Command command, Instant now) {
    return switch (command) {
      case Command.Join join -> join(join, now);
      case Command.Leave leave -> leave(leave.peer(), now);
      case Command.Turn turn ->
          at(turn.peer(), place -> place.swarm().turn(place.member(), turn.page(), now));
      case Command.Announce announce ->
          at(
              announce.peer(),
              place -> place.swarm().announce(place.member(), announce.change(), now));
      case Command.Locate locate ->
          at(locate.peer(), place -> place.swarm().locate(place.member(), locate.question(), now));
      case Command.Publish publish ->
          at(
              publish.peer(),
              place -> {
                place.swarm().publish(publish, now);
                return List.of();
              });
      case Command.Withdraw withdraw ->
          at(
              withdraw.peer(),
              place -> {
                place.swarm().withdraw(withdraw.withdrawal());
                return List.of();
              });
      case Command.Report report ->
          at(
              report.peer(),
              place -> {
                place.swarm().report(place.member(), report.report(), now);
                return List.of();
              });
      case Command.Tick tick -> {
        swarms.values().forEach(swarm -> swarm.expire(now));
        yield List.of();
      }
    };
  }

  @Override
  public Census census(Instant now) {
    return new Census(
        swarms.entrySet().stream()
            .map(entry -> entry.getValue().census(entry.getKey(), now))
            .toList());
  }

  private List<Reply> join(Command.Join join, Instant now) {
    Swarm swarm =
        swarms.computeIfAbsent(
            join.newcomer().site(), site -> new Swarm(capacity, heartbeat, random));
    List<Reply> replies = swarm.join(join, now);
    for (Reply reply : replies) {
      if (reply instanceof Reply.End end) {
        whereabouts.remove(end.peer());
      }
    }
    whereabouts.put(join.newcomer().peer(), swarm);
    return replies;
  }

  private List<Reply> leave(PeerId peer, Instant now) {
    Swarm swarm = whereabouts.remove(peer);
    return swarm == null ? List.of() : swarm.leave(peer, now);
  }

  private List<Reply> at(PeerId peer, Function<Place, List<Reply>> action) {
    return Optional.ofNullable(whereabouts.get(peer))
        .flatMap(swarm -> swarm.find(peer).map(member -> new Place(swarm, member)))
        .map(action)
        .orElse(List.of());
  }
}
