package gyre.load.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A new folder for one run; closing deletes it with all that is in it. */
public record ScratchFolder(Path path) implements AutoCloseable {

  public static ScratchFolder create(String prefix) {
    try {
      return new ScratchFolder(Files.createTempDirectory(prefix));
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary folder", e);
    }
  }

  /** Leaves what processes that are just ending still write. */
  @Override
  public void close() {
    try (Stream<Path> walk = Files.walk(path)) {
      List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException stillWritten) {
      path.toFile().deleteOnExit();
    }
  }
}
