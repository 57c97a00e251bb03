package gyre.proxy.store;

import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Representation;
import gyre.wire.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code data/cache}, mode 700, one process at a time: {@code content/<2
 * characters>/<digest>.<site>} holds whole files only, as they are written in {@code tmp/} and
 * renamed. Calls block the thread.
 */
final class CacheFolder implements AutoCloseable {
  private final Path root;
  private final FileChannel lock;

  /** What this process writes begins with it: all else below {@code tmp/} is left over. */
  private final String run = ProcessHandle.current().pid() + "-" + System.currentTimeMillis() + "-";

  private final AtomicLong temporary = new AtomicLong();

  /** What a walk has found. */
  @FunctionalInterface
  interface Found {
    /** {@code length}: of the file, in bytes. */
    void found(ContentName name, long length);
  }

  private CacheFolder(Path root, FileChannel lock) {
    this.root = root;
    this.lock = lock;
  }

  /** An IOException where it cannot be made or written, or where another process uses it. */
  static CacheFolder open(Path root) throws IOException {
    folder(root);
    FileChannel lock =
        FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean ready = false;
    try {
      if (!isFree(lock)) {
        throw new IOException("another process uses it");
      }
      CacheFolder opened = new CacheFolder(root, lock);
      folder(opened.contents());
      folder(opened.temporaries());
      ready = true;
      return opened;
    } finally {
      if (!ready) {
        lock.close();
      }
    }
  }

  private static boolean isFree(FileChannel lock) throws IOException {
    try {
      @Nullable FileLock taken = lock.tryLock(); // until the channel is closed
      return taken != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static void folder(Path folder) throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private Path contents() {
    return root.resolve("content");
  }

  private Path temporaries() {
    return root.resolve("tmp");
  }

  /** A path for a file that is not whole yet. */
  Path temporary() {
    return temporaries().resolve(run + temporary.incrementAndGet());
  }

  private Path path(ContentName name) {
    String digest = name.digest().toString();
    return contents().resolve(digest.substring(0, 2)).resolve(digest + "." + name.site());
  }

  private static Optional<ContentName> name(Path file) {
    String text = String.valueOf(file.getFileName());
    if (text.length() < Digest.TEXT_LENGTH + 2 || text.charAt(Digest.TEXT_LENGTH) != '.') {
      return Optional.empty();
    }
    try {
      Digest digest = Digest.parse(text.substring(0, Digest.TEXT_LENGTH));
      String site = text.substring(Digest.TEXT_LENGTH + 1).intern(); // few sites, many files
      return Optional.of(new ContentName(site, digest));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whole under its name, or not there at all. */
  void write(ContentName name, Representation content) throws IOException {
    Path fresh = temporary();
    try {
      ContentFile.write(fresh, content);
      place(fresh, name);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** Gives a file that is whole its name. */
  void place(Path fresh, ContentName name) throws IOException {
    Path path = path(name);
    try {
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      folder(contents().resolve(name.digest().toString().substring(0, 2)));
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  ContentFile read(ContentName name) throws IOException {
    return ContentFile.open(path(name), name.digest());
  }

  void delete(ContentName name) throws IOException {
    Files.deleteIfExists(path(name));
  }

  /** The bytes that may still be written to this file system. */
  long room() throws IOException {
    return Files.getFileStore(root).getUsableSpace();
  }

  /** Tells every file of content, until {@code isOver}. What else lies there is left alone. */
  void walk(Found found, BooleanSupplier isOver) throws IOException {
    Files.walkFileTree(
        contents(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes about) {
            name(file).ifPresent(name -> found.found(name, about.size()));
            return isOver.getAsBoolean() ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE; // gone meanwhile, or nobody's to read
          }
        });
  }

  /** All content at once: nothing is found there any more, the files themselves go afterwards. */
  void empty() throws IOException {
    Path old = temporary();
    Files.move(contents(), old, StandardCopyOption.ATOMIC_MOVE);
    folder(contents());
    deleteTree(old);
  }

  /** Removes what an earlier process left unfinished. */
  void sweep() throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(temporaries())) {
      for (Path path : all) {
        if (!String.valueOf(path.getFileName()).startsWith(run)) {
          deleteTree(path);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static void deleteTree(Path tree) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes about)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
