package gyre.operations.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of mode 700 among the temporary files for what one run needs and nobody keeps: sockets,
 * an unpacked library, a browser's profile. Its name holds the process id, {@code
 * <name>-<pid>-<random>}: making one removes those of the same name and user whose process has
 * ended without removing them. Any thread.
 */
public final class RunFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);

  /** By so much the system's account of a process's start may be off. */
  private static final Duration IMPRECISION = Duration.ofSeconds(10);

  private final Path path;

  private RunFolder(Path path) {
    this.path = path;
  }

  /** Below {@code java.io.tmpdir}; an IOException where nothing can be written there. */
  public static RunFolder create(String name) throws IOException {
    return create(Path.of(System.getProperty("java.io.tmpdir")), name, ProcessHandle.current());
  }

  static RunFolder create(Path parent, String name, ProcessHandle owner) throws IOException {
    Path made = Files.createTempDirectory(parent, name + "-" + owner.pid() + "-"); // mode 700
    sweep(parent, name, made);
    return new RunFolder(made);
  }

  public Path path() {
    return path;
  }

  private static void sweep(Path parent, String name, Path own) {
    Pattern named = Pattern.compile(Pattern.quote(name) + "-(\\d{1,10})-\\d+");
    try (DirectoryStream<Path> siblings = Files.newDirectoryStream(parent, name + "-*")) {
      for (Path sibling : siblings) {
        Matcher matcher = named.matcher(String.valueOf(sibling.getFileName()));
        if (matcher.matches() && isLeftBehind(sibling, Long.parseLong(matcher.group(1)), own)) {
          LOG.info("{} is removed: its process has ended", sibling);
          delete(sibling);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn("{}: what ended processes left is not removed ({})", parent, e.toString());
    }
  }

  /** Only real folders of the same user; a process id that was given again is another process. */
  private static boolean isLeftBehind(Path folder, long pid, Path own) {
    try {
      if (folder.equals(own)
          || !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
          || !Files.getOwner(folder).equals(Files.getOwner(own))) {
        return false;
      }
      Instant used = Files.getLastModifiedTime(folder).toInstant();
      Optional<ProcessHandle> process = ProcessHandle.of(pid);
      return process.isEmpty()
          || process
              .flatMap(found -> found.info().startInstant())
              .map(start -> start.minus(IMPRECISION).isAfter(used))
              .orElse(false);
    } catch (IOException goneMeanwhile) {
      return false;
    }
  }

  @Override
  public void close() {
    delete(path);
  }

  private static void delete(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("{}: cannot be removed ({})", folder, e.toString());
    }
  }
}
