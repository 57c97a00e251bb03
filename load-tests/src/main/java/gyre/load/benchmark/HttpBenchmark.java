package gyre.load.benchmark;

import gyre.load.process.Ports;
import gyre.load.process.ProcessTree;
import gyre.load.process.RunningGyre;
import gyre.load.process.Setup;
import gyre.load.site.DemoSite;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gyre load http}: cached 1 KiB answers of origin-proxy and of nginx, turn by turn. */
@Command(
    name = "http",
    mixinStandardHelpOptions = true,
    description = "Cached 1 KiB answers per second and CPU per request, beside nginx.")
public final class HttpBenchmark implements Callable<Integer> {
  private static final String PATH = "/bench/1k-0.bin";

  @Option(
      names = "--rounds",
      defaultValue = "5",
      description = "rounds, of which the median counts (default ${DEFAULT-VALUE})")
  private int rounds;

  @Option(
      names = "--seconds",
      defaultValue = "4",
      description = "length of each round (default ${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--connections",
      defaultValue = "64",
      description = "kept-alive connections (default ${DEFAULT-VALUE})")
  private int connections;

  /** One of the two that are compared, with what each round gave. */
  private record Contestant(
      String name, URI address, ProcessTree processes, List<Double> rates, List<Double> micros) {
    Contestant(String name, URI address, ProcessTree processes) {
      this(name, address, processes, new ArrayList<>(), new ArrayList<>());
    }

    void round(int connections, Duration duration) {
      double before = processes.cpuSeconds();
      Wrk run = Wrk.run(address.resolve(PATH), connections, duration);
      if (run.notOk() > 0) {
        throw new IllegalStateException(name + " gave " + run.notOk() + " answers other than 2xx");
      }
      rates.add(run.perSecond());
      micros.add((processes.cpuSeconds() - before) * 1e6 / run.requests());
    }
  }

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createTempDirectory("gyre-load-http");
    try (DemoSite site = DemoSite.start();
        RunningGyre gyre = RunningGyre.start(Setup.of(folder, site.address()));
        Nginx nginx = Nginx.start(folder, site.address(), Ports.free().http())) {
      List<Contestant> contestants =
          List.of(
              new Contestant(
                  "origin-proxy", gyre.address(), gyre.server(RunningGyre.PROXY).processes()),
              new Contestant("nginx", nginx.address(), nginx.processes()));
      contestants.forEach(one -> Wrk.run(one.address().resolve(PATH), connections, warmUp()));
      for (int round = 0; round < rounds; round++) {
        contestants.forEach(one -> one.round(connections, Duration.ofSeconds(seconds)));
      }
      System.out.printf("%-14s %12s %16s%n", "1 KiB cached", "answers/s", "CPU us/answer");
      contestants.forEach(
          one ->
              System.out.printf(
                  "%-14s %12.0f %16.1f%n",
                  one.name(), Medians.of(one.rates()), Medians.of(one.micros())));
    }
    return 0;
  }

  /** The JIT needs some seconds; nginx does not mind. */
  private static Duration warmUp() {
    return Duration.ofSeconds(5);
  }
}
