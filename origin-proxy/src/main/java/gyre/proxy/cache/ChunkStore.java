package gyre.proxy.cache;

import java.io.IOException;
import java.util.Optional;

/**
 * Whole representations by name, within a bound of bytes. What was put may be gone at any later
 * time, but is never found in part or altered. Any thread.
 */
public interface ChunkStore extends AutoCloseable {

  /** Keeps it, dropping others as needed; one that is larger than the store is not kept. */
  void put(ContentName name, Representation representation) throws IOException;

  Optional<Representation> find(ContentName name);

  void remove(ContentName name);

  void clear();

  /** The bytes of content that are held now. */
  long bytes();

  @Override
  void close();
}
