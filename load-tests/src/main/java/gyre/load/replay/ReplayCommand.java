package gyre.load.replay;

import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gyre load replay}: plays an access log against a running Gyre and says what it saved. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = "Plays the visits of an access log (Combined format) against a running Gyre.")
public final class ReplayCommand implements Callable<Integer> {
  @Parameters(paramLabel = "ACCESS.LOG", description = "the log, in Combined format")
  private Path log = Path.of("access.log");

  @Option(
      names = "--target",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8080",
      description = "origin-proxy (default ${DEFAULT-VALUE})")
  private URI target = URI.create("");

  @Option(
      names = "--speed",
      paramLabel = "FACTOR",
      defaultValue = "1",
      description = "how many times as fast as the log (default ${DEFAULT-VALUE})")
  private double speed;

  @Option(
      names = "--silence",
      paramLabel = "MINUTES",
      defaultValue = "30",
      description =
          "a visit ends after so many minutes without a request (default ${DEFAULT-VALUE})")
  private int silence;

  @Override
  public Integer call() throws InterruptedException {
    if (!"http".equals(target.getScheme()) || target.getHost() == null || speed <= 0) {
      throw new StartFailure("--target is an http:// address and --speed above 0");
    }
    long began = System.nanoTime();
    try (LogLines lines = new LogLines(Files.newBufferedReader(log, StandardCharsets.ISO_8859_1));
        Replay replay = new Replay(target, speed, Duration.ofMinutes(silence))) {
      replay.play(lines);
      double seconds = (System.nanoTime() - began) / 1e9;
      System.out.println(replay.tally().report(replay.visits(), seconds));
      return 0;
    } catch (IOException e) {
      throw new StartFailure(log + ": cannot be read (" + e + ")", e);
    }
  }
}
