package gyre.proxy.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import gyre.proxy.cache.ContentName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The files that are being read, kept open for a while: a reader comes back for the next chunk, and
 * gets it even where the file was removed meanwhile. Bounded by their number and by the hashes that
 * they hold in memory. Calls block the thread; several may read.
 */
final class OpenFiles implements AutoCloseable {
  private static final int MOST = 512;

  /** So many more chunks count as one more file: 64 KiB of hashes. */
  private static final int CHUNKS = 2_048;

  private static final Duration IDLE = Duration.ofSeconds(30);

  private final CacheFolder folder;
  private final Cache<ContentName, ContentFile> open =
      Caffeine.newBuilder()
          .maximumWeight(MOST)
          .weigher((ContentName name, ContentFile file) -> 1 + file.chunks().count() / CHUNKS)
          .expireAfterAccess(IDLE)
          .scheduler(Scheduler.systemScheduler())
          .executor(Runnable::run)
          .removalListener(OpenFiles::closed)
          .build();

  OpenFiles(CacheFolder folder) {
    this.folder = folder;
  }

  private static void closed(
      @Nullable ContentName name, @Nullable ContentFile file, RemovalCause cause) {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** What is done with an open file. */
  @FunctionalInterface
  interface Reading<T> {
    T of(ContentFile file) throws IOException;
  }

  <T> T read(ContentName name, Reading<T> reading) throws IOException {
    ContentFile file = opened(name);
    try {
      return reading.of(file);
    } catch (ClosedChannelException rested) {
      open.asMap().remove(name, file);
      return reading.of(opened(name));
    }
  }

  private ContentFile opened(ContentName name) throws IOException {
    try {
      return open.get(
          name,
          wanted -> {
            try {
              return folder.read(wanted);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  void close(ContentName name) {
    open.invalidate(name);
  }

  @Override
  public void close() {
    open.invalidateAll();
  }
}
