package gyre.load;

import gyre.load.benchmark.AppsBenchmark;
import gyre.load.benchmark.HttpBenchmark;
import gyre.load.benchmark.PeersBenchmark;
import gyre.load.benchmark.SizeBenchmark;
import gyre.load.demo.DemoCommand;
import gyre.load.replay.ReplayCommand;
import gyre.load.site.SiteCommand;
import gyre.operations.start.ServerCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code load-tests.jar}: the demo, the replay, the benchmarks and the gallery's web server. */
@Command(
    name = "gyre load",
    mixinStandardHelpOptions = true,
    subcommands = {
      DemoCommand.class,
      ReplayCommand.class,
      PeersBenchmark.class,
      AppsBenchmark.class,
      HttpBenchmark.class,
      SizeBenchmark.class,
      SiteCommand.class
    })
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Main())
            .setExecutionExceptionHandler(ServerCommand.oneLine())
            .execute(arguments.length == 0 ? new String[] {"--help"} : arguments));
  }
}
