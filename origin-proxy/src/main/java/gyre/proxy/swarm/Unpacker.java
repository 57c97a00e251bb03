package gyre.proxy.swarm;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import gyre.wire.Bytes;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Decodes packed chunks on a named platform thread: native calls would pin virtual threads. The
 * chunk's own length is the cap of what a frame may become.
 */
final class Unpacker implements AutoCloseable {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("zstd-unpack").factory());

  /** The bytes of the chunk; empty where the frame is none, or becomes anything else. */
  Optional<byte[]> unpack(Bytes frame, int length) throws InterruptedException {
    try {
      return thread.submit(() -> decode(frame.toArray(), length)).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("zstd failed", e.getCause());
    }
  }

  private static Optional<byte[]> decode(byte[] frame, int length) {
    byte[] chunk = new byte[length];
    try {
      long size = Zstd.decompressByteArray(chunk, 0, length, frame, 0, frame.length);
      return Zstd.isError(size) || size != length ? Optional.empty() : Optional.of(chunk);
    } catch (ZstdException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
