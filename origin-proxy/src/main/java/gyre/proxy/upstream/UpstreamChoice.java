package gyre.proxy.upstream;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which of a site's upstreams gets the next request: of those in service the one with the fewest
 * under way, in turn where several have as few; where none is in service, the one whose failure is
 * the longest ago.
 *
 * <p>So many failures in a row ({@link #FAILURES}) take a server out for a rest that doubles with
 * every failed trial, up to {@link #LONGEST_REST}; after it one request at a time tries it. A
 * failed health check takes it out until one succeeds. Pure: whoever owns it gives the time.
 */
final class UpstreamChoice {
  static final int FAILURES = 3;
  static final Duration FIRST_REST = Duration.ofSeconds(1);
  static final Duration LONGEST_REST = Duration.ofMinutes(1);

  /** A server, by its place in the configuration, and whether this request tries it out. */
  record Pick(int server, boolean isTrial) {}

  private static final class Server {
    private int underWay;
    private int failures;
    private Instant failed = Instant.MIN;
    private Instant restsUntil = Instant.MIN;
    private boolean isTried;
    private boolean isIll;

    private boolean isOut() {
      return isIll || failures >= FAILURES;
    }

    private boolean takesRequests(Instant now) {
      return !isIll && (failures < FAILURES || (!isTried && !now.isBefore(restsUntil)));
    }
  }

  private final List<Server> servers = new ArrayList<>();
  private int turn;

  UpstreamChoice(int count) {
    for (int i = 0; i < count; i++) {
      servers.add(new Server());
    }
  }

  /** Empty where all were tried. Every pick is {@linkplain #released released}. */
  Optional<Pick> pick(Instant now, Set<Integer> tried) {
    Optional<Integer> chosen = leastBusy(tried, server -> server.takesRequests(now));
    Optional<Integer> server = chosen.isPresent() ? chosen : longestAgo(tried);
    return server.map(this::picked);
  }

  private Pick picked(int index) {
    Server server = servers.get(index);
    boolean isTrial = server.failures >= FAILURES && !server.isTried;
    server.isTried |= isTrial;
    server.underWay++;
    turn = index + 1;
    return new Pick(index, isTrial);
  }

  private Optional<Integer> leastBusy(Set<Integer> tried, Predicate<Server> wanted) {
    Optional<Integer> best = Optional.empty();
    for (int i = 0; i < servers.size(); i++) {
      int index = (turn + i) % servers.size();
      Server server = servers.get(index);
      boolean isBetter = best.isEmpty() || server.underWay < servers.get(best.get()).underWay;
      if (isBetter && !tried.contains(index) && wanted.test(server)) {
        best = Optional.of(index);
      }
    }
    return best;
  }

  private Optional<Integer> longestAgo(Set<Integer> tried) {
    Optional<Integer> best = Optional.empty();
    for (int index = 0; index < servers.size(); index++) {
      boolean isBetter =
          best.isEmpty() || servers.get(index).failed.isBefore(servers.get(best.get()).failed);
      if (isBetter && !tried.contains(index)) {
        best = Optional.of(index);
      }
    }
    return best;
  }

  void released(Pick pick) {
    Server server = servers.get(pick.server());
    server.underWay--;
    if (pick.isTrial()) {
      server.isTried = false;
    }
  }

  /** It answered a request. */
  void answered(int index) {
    servers.get(index).failures = 0;
  }

  /** It could not be reached, or gave no answer. What fails while it rests was asked before. */
  void failed(int index, Instant now) {
    Server server = servers.get(index);
    server.failed = now;
    if (now.isBefore(server.restsUntil)) {
      return;
    }
    server.failures++;
    if (server.failures >= FAILURES) {
      server.restsUntil = now.plus(rest(server.failures - FAILURES));
    }
  }

  private static Duration rest(int failedTrials) {
    Duration rest = FIRST_REST.multipliedBy(1L << Math.min(failedTrials, 16));
    return rest.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : rest;
  }

  /** A health check has ended. */
  void checked(int index, boolean isWell, Instant now) {
    Server server = servers.get(index);
    server.isIll = !isWell;
    if (isWell) {
      server.failures = 0;
    } else {
      server.failed = now;
    }
  }

  boolean isInService(int index) {
    return !servers.get(index).isOut();
  }

  int underWay(int index) {
    return servers.get(index).underWay;
  }
}
