package gyre.proxy.app;

import gyre.operations.start.StartFailure;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where workerd is: as configured, else beside the jar, else on PATH. */
public final class WorkerdBinary {
  private WorkerdBinary() {}

  /** A configured file that is not there is a {@link StartFailure}. */
  public static Optional<Path> find(Optional<Path> configured) {
    if (configured.isPresent() && !Files.isExecutable(configured.get())) {
      throw new StartFailure(
          "executor.workerd: " + configured.get() + " is not an executable file");
    }
    return configured.or(() -> first(candidates()));
  }

  private static Optional<Path> first(List<Path> candidates) {
    return candidates.stream()
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  private static List<Path> candidates() {
    List<Path> candidates = new ArrayList<>();
    besideTheJar().ifPresent(candidates::add);
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    for (String folder : path.split(File.pathSeparator, -1)) {
      if (!folder.isEmpty()) {
        candidates.add(Path.of(folder, "workerd"));
      }
    }
    return candidates;
  }

  /** Also where the classes lie unpacked in target/classes: workerd is then in target. */
  private static Optional<Path> besideTheJar() {
    try {
      Path code =
          Path.of(WorkerdBinary.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return Optional.of(code.resolveSibling("workerd"));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
