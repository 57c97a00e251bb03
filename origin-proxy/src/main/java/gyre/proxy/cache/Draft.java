package gyre.proxy.cache;

import gyre.wire.manifest.ChunkList;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Content that is written into a store while it arrives, before its name is known. One thread
 * appends and keeps it, any thread reads what was written. Calls but {@link #written} and {@link
 * #close} may wait for a disk: never on an event loop.
 */
public interface Draft extends AutoCloseable {

  /**
   * Hands over the next chunk, whose bytes never change; all but the last are whole. False where
   * there is no room for it within {@code atMost}, as what came before is not written yet. An
   * IOException where it will never be kept: it grew too large, or the disk fails.
   */
  boolean append(ByteBuffer chunk, Duration atMost) throws IOException;

  /** How many chunks can be read, from the first on. */
  int written();

  /** One of them, as it was handed over, ready to be read. */
  ByteBuffer chunk(int index) throws IOException;

  /**
   * Waits until all is written, and gives it its name: from here on the store finds it, whole. An
   * IOException where that fails; nothing is kept then.
   */
  void keep(ContentName name, ChunkList chunks) throws IOException;

  /** It is not read any more. What was not kept is gone. */
  @Override
  void close();
}
