package gyre.load.benchmark;

import gyre.load.process.Await;
import gyre.load.process.RunningGyre;
import gyre.load.process.Setup;
import gyre.load.site.DemoSite;
import gyre.load.site.SearchApp;
import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gyre load apps}: requests per second through a worker, and through the executor. */
@Command(
    name = "apps",
    mixinStandardHelpOptions = true,
    description = "App requests per second through a worker and through the origin's executor.")
public final class AppsBenchmark implements Callable<Integer> {
  private static final List<Integer> CONNECTIONS = List.of(1, 16, 64);
  private static final Duration READY = Duration.ofSeconds(60);
  private static final String PATH = "/api/search?q=river";

  @Option(
      names = "--seconds",
      defaultValue = "5",
      description = "length of each run (default ${DEFAULT-VALUE})")
  private int seconds;

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createTempDirectory("gyre-load-apps");
    Path script = SearchApp.writeInto(folder);
    try (DemoSite site = DemoSite.start();
        RunningGyre gyre =
            RunningGyre.start(
                Setup.of(folder, site.address()).app("search", script, "/api/search*"))) {
      System.out.printf(
          "%-10s %12s %12s %10s %10s %8s%n",
          "answered by", "connections", "answers/s", "p50 ms", "p99 ms", "not 2xx");
      measure(gyre, "executor");
      gyre.start(RunningGyre.WORKER);
      measure(gyre, "worker");
    }
    return 0;
  }

  private void measure(RunningGyre gyre, String source) {
    awaitAnswersBy(gyre, source);
    URI target = gyre.address().resolve(PATH);
    Wrk.run(target, 16, Duration.ofSeconds(seconds));
    for (int connections : CONNECTIONS) {
      Wrk run = Wrk.run(target, connections, Duration.ofSeconds(seconds));
      System.out.printf(
          "%-10s %12d %12.0f %10.2f %10.2f %8d%n",
          source, connections, run.perSecond(), run.p50Millis(), run.p99Millis(), run.notOk());
    }
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
