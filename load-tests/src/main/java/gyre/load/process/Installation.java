package gyre.load.process;

import gyre.operations.start.StartFailure;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where this build's files are: the folder of the parent pom, and the jars in it. */
public record Installation(Path root) {

  /** From the property {@code gyre.root}, else from where this class was loaded. */
  public static Installation locate() {
    return Optional.ofNullable(System.getProperty("gyre.root"))
        .map(root -> new Installation(Path.of(root)))
        .orElseGet(() -> new Installation(aboveOwnJar()));
  }

  private static Path aboveOwnJar() {
    try {
      Path own =
          Path.of(Installation.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      // <root>/load-tests/target/load-tests.jar
      return own.resolve("../../..").normalize();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the place of load-tests.jar is no path", e);
    }
  }

  /** The runnable jar of a server; a StartFailure where it was not built. */
  public Path jar(String module) {
    Path jar = root.resolve(module).resolve("target").resolve(module + ".jar");
    if (!Files.isRegularFile(jar)) {
      throw new StartFailure(jar + ": not built; run mvn -DskipTests package, or ./gyre");
    }
    return jar;
  }
}
