package gyre.load.benchmark;

import gyre.load.process.GentleEnd;
import gyre.load.process.RunningGyre;
import gyre.load.process.ScratchFolder;
import gyre.load.process.Setup;
import gyre.load.site.DemoSite;
import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gyre load http}: cached 1 KiB answers of origin-proxy and of nginx, turn by turn. */
@Command(
    name = "http",
    mixinStandardHelpOptions = true,
    description = "Cached 1 KiB answers per second and CPU per answer, beside nginx.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./gyre load http",
      "  ./gyre load http --connections 256 --rounds 9 --seconds 10",
    })
public final class HttpBenchmark implements Callable<Integer> {
  private static final String PATH = "/bench/1k-0.bin";

  /** Until the JIT is done; nginx does not mind. */
  private static final Duration WARM_UP = Duration.ofSeconds(15);

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

  private final Progress progress = new Progress();

  @Override
  public Integer call() throws Exception {
    Options.atLeastOne("--rounds", rounds);
    Options.atLeastOne("--seconds", seconds);
    Options.atLeastOne("--connections", connections);
    return GentleEnd.of(this::run);
  }

  private int run() throws IOException {
    progress.say("starting signalling-server, origin-proxy and nginx");
    try (ScratchFolder folder = ScratchFolder.create("gyre-load-http");
        DemoSite site = DemoSite.start();
        RunningGyre gyre = RunningGyre.start(Setup.of(folder.path(), site.address()));
        Rival nginx = Nginx.start(folder.path(), site.address())) {
      Contestant proxy =
          new Contestant(
              Way.alone(
                  "origin-proxy",
                  gyre.address().resolve(PATH),
                  gyre.server(RunningGyre.PROXY).processes()));
      Contestant peer =
          new Contestant(Way.alone("nginx", nginx.address().resolve(PATH), nginx.processes()));
      compete(site, List.of(proxy, peer));
      print(proxy, peer);
    }
    return 0;
  }

  private void compete(DemoSite site, List<Contestant> contestants) {
    for (Contestant one : contestants) {
      progress.say("warming up " + one.name());
      one.warmUp(connections, WARM_UP);
    }
    long drawn = site.requestsOf(PATH);
    for (int round = 1; round <= rounds; round++) {
      for (Contestant one : contestants) {
        progress.say("round %d of %d: %s".formatted(round, rounds, one.name()));
        one.round(connections, Duration.ofSeconds(seconds));
        if (one.notOk() > 0) {
          throw new StartFailure(one.name() + " gave " + one.notOk() + " answers other than 2xx");
        }
      }
    }
    if (site.requestsOf(PATH) > drawn) {
      throw new StartFailure("not all answers came from a cache: the upstream was asked again");
    }
  }

  private void print(Contestant proxy, Contestant peer) {
    System.out.printf(
        "1 KiB from a cache: HTTP/1.1 in cleartext over loopback, %d kept-alive connections, wrk in"
            + " closed loop;%nmedian of %d rounds of %d s, turn by turn; CPU: user and system time"
            + " of the server's processes%n%n",
        connections, rounds, seconds);
    System.out.printf(
        "%-14s %12s %14s %10s %10s%n", "", "answers/s", "CPU us/answer", "p50 ms", "p99 ms");
    for (Contestant one : List.of(proxy, peer)) {
      System.out.printf(
          "%-14s %12.0f %14.1f %10.2f %10.2f%n",
          one.name(), one.perSecond(), one.cpuMicros(), one.p50Millis(), one.p99Millis());
    }
    System.out.printf(
        "%norigin-proxy: %.2f of nginx's CPU per answer, %.2f of its answers/s%n",
        proxy.cpuMicros() / peer.cpuMicros(), proxy.perSecond() / peer.perSecond());
  }
}
