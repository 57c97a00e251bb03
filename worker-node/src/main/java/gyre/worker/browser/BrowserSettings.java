package gyre.worker.browser;

import gyre.operations.config.IceConfig;
import gyre.operations.config.WorkerConfig;
import gyre.operations.start.StartFailure;
import java.io.File;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which browser is started and how: the two programs, whether Chrome's sandbox is on, and whether
 * its candidates come from the loopback interface.
 */
public record BrowserSettings(
    Path chromium, Path chromedriver, boolean isSandboxed, boolean isLoopback) {
  private static final List<String> CHROMIUM =
      List.of("chromium", "chromium-browser", "google-chrome-stable", "google-chrome");

  /** A {@link StartFailure} says what is missing and how to get it. */
  public static BrowserSettings of(WorkerConfig worker, IceConfig ice) {
    return new BrowserSettings(
        program("worker.chromium", worker.chromium(), CHROMIUM, "chromium"),
        program(
            "worker.chromedriver",
            worker.chromedriver(),
            List.of("chromedriver"),
            "chromium-driver"),
        !"root".equals(System.getProperty("user.name")),
        isLoopback(ice.loopback()));
  }

  private static Path program(
      String key, Optional<Path> configured, List<String> names, String debianPackage) {
    if (configured.isPresent()) {
      if (!Files.isExecutable(configured.get())) {
        throw new StartFailure(key + ": " + configured.get() + " is not an executable file");
      }
      return configured.get();
    }
    return names.stream()
        .flatMap(name -> onPath(name).stream())
        .findFirst()
        .orElseThrow(
            () ->
                new StartFailure(
                    "no "
                        + names.getFirst()
                        + " on PATH; install it (Debian: apt-get install "
                        + debianPackage
                        + ") or name the file in "
                        + key));
  }

  private static Optional<Path> onPath(String name) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static boolean isLoopback(IceConfig.Loopback loopback) {
    return switch (loopback) {
      case ON -> true;
      case OFF -> false;
      case AUTO -> isLoopbackAlone();
    };
  }

  private static boolean isLoopbackAlone() {
    try {
      return NetworkInterface.networkInterfaces().noneMatch(BrowserSettings::isUpElsewhere);
    } catch (SocketException e) {
      return false; // it cannot be told: behave as on an ordinary machine
    }
  }

  private static boolean isUpElsewhere(NetworkInterface candidate) {
    try {
      return candidate.isUp() && !candidate.isLoopback();
    } catch (SocketException e) {
      return false;
    }
  }
}
