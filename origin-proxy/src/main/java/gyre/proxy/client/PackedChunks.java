package gyre.proxy.client;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.luben.zstd.Zstd;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Representation;
import gyre.wire.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Chunks as zstd frames, packed when they are first asked for and kept for the next visitor. The
 * work is done on platform threads {@code gyre-zstd}: a native call must not hold up virtual ones.
 */
public final class PackedChunks implements AutoCloseable {
  private static final int LEVEL = 9;
  private static final long CAPACITY = 64L << 20;
  private static final int QUEUE = 256;
  private static final int PATIENCE_MILLIS = 2_000;

  private record Key(ContentName name, int chunk) {}

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          1,
          Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
          10,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(QUEUE),
          Thread.ofPlatform().daemon().name("gyre-zstd-", 0).factory(),
          new ThreadPoolExecutor.AbortPolicy());
  private final AsyncCache<Key, Bytes> packed =
      Caffeine.newBuilder()
          .maximumWeight(CAPACITY)
          .weigher((Key key, Bytes frame) -> frame.length() + 128)
          .executor(threads)
          .buildAsync();

  /** Empty where packing saves less than a tenth, or takes too long now: send it as it is. */
  Optional<Bytes> frame(ContentName name, Representation content, int chunk)
      throws IOException, InterruptedException {
    ByteBuffer plain = content.chunk(chunk);
    int length = plain.remaining();
    try {
      CompletableFuture<Bytes> frame = packed.get(new Key(name, chunk), key -> pack(plain));
      return Optional.of(frame.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS))
          .filter(bytes -> bytes.length() < length * 9 / 10);
    } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
      return Optional.empty();
    }
  }

  private static Bytes pack(ByteBuffer plain) {
    byte[] bytes = new byte[plain.remaining()];
    plain.get(bytes);
    return Bytes.owning(Zstd.compress(bytes, LEVEL));
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
