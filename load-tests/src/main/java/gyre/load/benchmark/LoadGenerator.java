package gyre.load.benchmark;

import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** A program that asks for one resource over and over, in closed loop. */
interface LoadGenerator {
  Duration GRACE = Duration.ofSeconds(30);

  /**
   * Blocks for {@code duration}; an IllegalStateException when interrupted, a StartFailure where
   * the program is missing or says nothing of use.
   */
  LoadRun run(URI target, int connections, Duration duration);

  /** What the program printed, which has to be less than a pipe holds. */
  static String output(List<String> command, String debianPackage) {
    return output(command, Duration.ZERO, debianPackage);
  }

  /**
   * The same of one that is asked to run for so long. h2load never ends where a connection of its
   * own was not open by then.
   */
  static String output(List<String> command, Duration asked, String debianPackage) {
    try {
      Process program = new ProcessBuilder(command).redirectErrorStream(true).start();
      try {
        if (!program.waitFor(asked.plus(GRACE))) {
          throw new StartFailure(
              "%s did not end within %d s more than it was asked to run; is the machine busy?"
                  .formatted(command.getFirst(), GRACE.toSeconds()));
        }
        return new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while " + command.getFirst() + " ran", e);
      } finally {
        program.destroy();
      }
    } catch (IOException e) {
      throw new StartFailure(
          "cannot run %s (%s); apt-get install %s"
              .formatted(command.getFirst(), e.getMessage(), debianPackage),
          e);
    }
  }
}
