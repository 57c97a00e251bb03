package gyre.load.benchmark;

import gyre.load.process.Await;
import gyre.load.process.GentleEnd;
import gyre.load.process.RunningGyre;
import gyre.load.process.ScratchFolder;
import gyre.load.process.Setup;
import gyre.load.site.DemoSite;
import gyre.load.site.SearchApp;
import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code gyre load apps}: app requests through a worker, through the executor, and to workerd
 * without Gyre, turn by turn.
 */
@Command(
    name = "apps",
    mixinStandardHelpOptions = true,
    description = "App requests per second through a worker and through the origin's executor.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./gyre load apps",
      "  ./gyre load apps --connections 1,16,64,256 --rounds 5 --seconds 10",
    })
public final class AppsBenchmark implements Callable<Integer> {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final Duration WARM_UP = Duration.ofSeconds(6);
  private static final String PATH = "/api/search?q=river";
  private static final String WORKER = "worker";
  private static final String EXECUTOR = "executor";

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
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
      split = ",",
      defaultValue = "1,16,64",
      description = "kept-alive connections (default ${DEFAULT-VALUE})")
  private List<Integer> connections = new ArrayList<>();

  private final Progress progress = new Progress();

  @Override
  public Integer call() throws Exception {
    Options.atLeastOne("--rounds", rounds);
    Options.atLeastOne("--seconds", seconds);
    connections.forEach(value -> Options.atLeastOne("--connections", value));
    return GentleEnd.of(this::run);
  }

  private int run() throws IOException {
    progress.say("starting two Gyres, one with a worker node, and workerd alone");
    try (ScratchFolder folder = ScratchFolder.create("gyre-load-apps");
        DemoSite site = DemoSite.start();
        RunningGyre alone = RunningGyre.start(setup(folder.path().resolve("alone"), site));
        RunningGyre staffed = RunningGyre.start(setup(folder.path().resolve("staffed"), site));
        Rival workerd = Workerd.start(SearchApp.writeInto(folder.path().resolve("workerd")))) {
      staffed.start(RunningGyre.WORKER);
      List<Way> ways =
          List.of(
              way(staffed, WORKER, List.of(RunningGyre.PROXY, RunningGyre.WORKER)),
              way(alone, EXECUTOR, List.of(RunningGyre.PROXY)),
              Way.alone("bare workerd", workerd.address().resolve(PATH), workerd.processes()));
      List<List<Contestant>> figures =
          connections.stream().map(count -> measure(ways, count)).toList();
      print(figures);
    }
    return 0;
  }

  private List<Contestant> measure(List<Way> ways, int count) {
    List<Contestant> contestants =
        ways.stream().map(way -> new Contestant(way, new Wrk())).toList();
    for (Contestant one : contestants) {
      progress.say("%d connections: warming up %s".formatted(count, one.name()));
      one.warmUp(count, WARM_UP);
    }
    for (int round = 1; round <= rounds; round++) {
      for (Contestant one : contestants) {
        progress.say(
            "%d connections, round %d of %d: %s".formatted(count, round, rounds, one.name()));
        one.round(count, Duration.ofSeconds(seconds));
      }
    }
    return contestants;
  }

  private void print(List<List<Contestant>> figures) {
    System.out.printf(
        "The search app of the examples: GET %s, HTTP/1.1 in cleartext over loopback, wrk in closed"
            + " loop;%nmedian of %d rounds of %d s, turn by turn. CPU: user and system time of"
            + " origin-proxy, its children,%nthe worker node and its browser; of workerd alone"
            + " where it runs without Gyre%n",
        PATH, rounds, seconds);
    for (int i = 0; i < figures.size(); i++) {
      System.out.printf(
          "%n%-16s %12s %14s %10s %10s %10s %10s%n",
          connections.get(i) + " connections",
          "answers/s",
          "CPU us/answer",
          "p50 ms",
          "p99 ms",
          "not 2xx",
          "by others");
      for (Contestant one : figures.get(i)) {
        System.out.printf(
            "%-16s %12.0f %14.1f %10.2f %10.2f %10d %10d%n",
            one.name(),
            one.perSecond(),
            one.cpuMicros(),
            one.p50Millis(),
            one.p99Millis(),
            one.notOk(),
            one.byOthers());
      }
    }
  }

  private static Setup setup(Path folder, DemoSite site) {
    Path script = SearchApp.writeInto(folder);
    return Setup.of(folder, site.address()).app("search", script, "/api/search*");
  }

  private Way way(RunningGyre gyre, String source, List<String> servers) {
    progress.say("waiting for an answer by the " + source);
    awaitAnswersBy(gyre, source);
    return new Way(
        source,
        gyre.address().resolve(PATH),
        servers.stream().map(server -> gyre.server(server).processes()).toList(),
        Optional.of(
            () ->
                (long)
                    gyre.metrics(RunningGyre.PROXY)
                        .sum("gyre_proxy_answers_total", "source=\"%s\"".formatted(source))));
  }

  private static void awaitAnswersBy(RunningGyre gyre, String source) {
    Optional<Boolean> answered =
        Await.poll(
            READY,
            () ->
                gyre.get(PATH)
                    .headers()
                    .firstValue("cache-status")
                    .filter(status -> status.contains("detail=" + source))
                    .map(_ -> true));
    if (answered.isEmpty()) {
      throw new StartFailure("no " + source + " answered within " + READY.toSeconds() + " s");
    }
  }
}
