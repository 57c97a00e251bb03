package gyre.load.benchmark;

import gyre.load.benchmark.Discipline.Protocol;
import gyre.load.process.GentleEnd;
import gyre.load.process.RunningGyre;
import gyre.load.process.ScratchFolder;
import gyre.load.process.Setup;
import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gyre load http}: answers of origin-proxy and of nginx, turn by turn. */
@Command(
    name = "http",
    mixinStandardHelpOptions = true,
    description = {
      "Cached and proxied answers per second and CPU per answer, and what idle connections and",
      "slow readers cost; nginx beside."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./gyre load http",
      "  ./gyre load http --only cached-1k,h2-1k --rounds 9 --seconds 10",
      "  ./gyre load http --only idle --idle 2000",
      "  ./gyre load http --only slow-readers",
    })
public final class HttpBenchmark implements Callable<Integer> {
  private static final List<Discipline> DISCIPLINES =
      List.of(
          new Discipline("cached-1k", Nginx.CACHED + "1k.bin", Protocol.HTTP_1, 1.0),
          new Discipline("cached-100k", Nginx.CACHED + "100k.bin", Protocol.HTTP_1, 1.1),
          new Discipline("proxied-1k", Nginx.PROXIED + "1k.bin", Protocol.HTTP_1, 1.0),
          new Discipline("proxied-100k", Nginx.PROXIED + "100k.bin", Protocol.HTTP_1, 1.0),
          new Discipline("h2-1k", Nginx.CACHED + "1k.bin", Protocol.HTTP_2, 0.5));

  private static final String IDLE = "idle";
  private static final String SLOW = "slow-readers";

  /** Until the JIT is done; nginx does not mind. */
  private static final Duration WARM_UP = Duration.ofSeconds(12);

  @Option(
      names = "--only",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "cached-1k,cached-100k,proxied-1k,proxied-100k,h2-1k,idle,slow-readers",
      description = "what to measure (default: ${DEFAULT-VALUE})")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "rounds, of which the median counts (default ${DEFAULT-VALUE})")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "4",
      description = "length of each round (default ${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "64",
      description = "kept-alive connections (default ${DEFAULT-VALUE})")
  private int connections;

  @Option(
      names = "--idle",
      paramLabel = "N",
      defaultValue = "10000",
      description = "idle connections (default ${DEFAULT-VALUE})")
  private int idle;

  @Option(
      names = "--slow",
      paramLabel = "N",
      defaultValue = "10000",
      description = "slow readers (default ${DEFAULT-VALUE})")
  private int slow;

  private final Progress progress = new Progress();

  @Override
  public Integer call() throws Exception {
    Options.atLeastOne("--rounds", rounds);
    Options.atLeastOne("--seconds", seconds);
    Options.atLeastOne("--connections", connections);
    Options.atLeastOne("--idle", idle);
    Options.atLeastOne("--slow", slow);
    Options.known("--only", only, names());
    return GentleEnd.of(this::run);
  }

  private static List<String> names() {
    List<String> names = new ArrayList<>(DISCIPLINES.stream().map(Discipline::name).toList());
    names.add(IDLE);
    names.add(SLOW);
    return names;
  }

  private int run() throws IOException {
    progress.say("starting signalling-server, origin-proxy and nginx in two roles");
    try (ScratchFolder folder = ScratchFolder.create("gyre-load-http");
        Nginx.Origin origin = Nginx.origin(folder.path())) {
      Certificate certificate = Certificate.make(folder.path());
      Setup setup =
          Setup.of(folder.path(), origin.address())
              .tls(certificate.chain(), certificate.key())
              .route("{ match: \"%s*\", cache: never, peers: never }".formatted(Nginx.PROXIED));
      try (RunningGyre gyre = RunningGyre.start(setup);
          Nginx.Proxy nginx = Nginx.proxy(folder.path(), origin.address(), certificate)) {
        List<HttpServer> servers = List.of(HttpServer.of(gyre), HttpServer.of(nginx));
        heading();
        for (Discipline discipline : DISCIPLINES) {
          if (only.contains(discipline.name())) {
            compete(discipline, servers, origin, folder.path());
          }
        }
        if (only.contains(IDLE)) {
          idle(servers);
        }
        if (only.contains(SLOW)) {
          new SlowReading(slow, seconds, progress).measure(servers);
        }
      }
    }
    return 0;
  }

  private void compete(
      Discipline discipline, List<HttpServer> servers, Nginx.Origin origin, Path folder)
      throws IOException {
    List<Contestant> contestants =
        servers.stream().map(server -> server.in(discipline, folder)).toList();
    for (Contestant one : contestants) {
      progress.say("%s: warming up %s".formatted(discipline.name(), one.name()));
      one.warmUp(connections, WARM_UP);
    }
    long drawn = origin.requestsForCached();
    for (int round = 1; round <= rounds; round++) {
      for (Contestant one : contestants) {
        progress.say(
            "%s: round %d of %d: %s".formatted(discipline.name(), round, rounds, one.name()));
        one.round(connections, Duration.ofSeconds(seconds));
        if (one.notOk() > 0) {
          throw new StartFailure(one.name() + " gave " + one.notOk() + " answers other than 2xx");
        }
      }
    }
    if (origin.requestsForCached() > drawn) {
      throw new StartFailure("not all answers came from a cache: the upstream was asked again");
    }
    print(discipline, contestants.getFirst(), contestants.getLast());
  }

  private void heading() {
    System.out.printf(
        "Closed loop over loopback, %d kept-alive connections: wrk; for HTTP/2 h2load with %d"
            + " streams on each.%nMedian of %d rounds of %d s, turn by turn; CPU: user and system"
            + " time of the server's processes;%nthe upstream of both is another nginx%n",
        connections, H2load.STREAMS, rounds, seconds);
  }

  private void print(Discipline discipline, Contestant proxy, Contestant peer) {
    System.out.printf(
        "%n%-14s %12s %14s %10s %10s   %s, %s%n",
        discipline.name(),
        "answers/s",
        "CPU us/answer",
        "p50 ms",
        "p99 ms",
        discipline.path(),
        discipline.protocol());
    for (Contestant one : List.of(proxy, peer)) {
      System.out.printf(
          "%-14s %12.0f %14.1f %10.2f %10.2f%n",
          one.name(), one.perSecond(), one.cpuMicros(), one.p50Millis(), one.p99Millis());
    }
    double ratio = proxy.cpuMicros() / peer.cpuMicros();
    System.out.printf(
        "of nginx's     %12.2f %14.2f %10.2f %10.2f   target for CPU: %.1f, %s; for p99: 1.0, %s%n",
        proxy.perSecond() / peer.perSecond(),
        ratio,
        proxy.p50Millis() / peer.p50Millis(),
        proxy.p99Millis() / peer.p99Millis(),
        discipline.target(),
        verdict(ratio, discipline.target()),
        verdict(proxy.p99Millis() / peer.p99Millis(), 1.0));
  }

  private static String verdict(double reached, double target) {
    return reached <= target ? "met" : "missed by %.2f".formatted(reached - target);
  }

  private void idle(List<HttpServer> servers) throws IOException {
    System.out.printf(
        "%n%-14s %12s %14s %14s%n", IDLE, "connections", "KB heap each", "KB memory each");
    for (HttpServer server : servers) {
      progress.say("idle: %d connections to %s".formatted(idle, server.name()));
      IdleConnections.Cost cost =
          IdleConnections.measure(
              server.plain().resolve(Nginx.CACHED + "1k.bin"),
              idle,
              server.processes(),
              server.isJvm());
      String heap =
          cost.heap().isPresent() ? "%.2f".formatted(cost.heap().getAsLong() / 1e3 / idle) : "-";
      System.out.printf(
          "%-14s %12d %14s %14.2f%n", server.name(), idle, heap, cost.resident() / 1e3 / idle);
    }
    System.out.println("target: at most 10 KB of heap for each of 10,000");
  }
}
