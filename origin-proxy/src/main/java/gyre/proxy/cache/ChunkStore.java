package gyre.proxy.cache;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * Whole representations by name, within a bound of bytes. What was put may be gone at any later
 * time, but is never found in part or altered. Any thread.
 */
public interface ChunkStore extends AutoCloseable {

  /** Keeps it, dropping others as needed; one that is larger than the store is not kept. */
  void put(ContentName name, Representation representation) throws IOException;

  /** As {@link #put}, of what is not worth writing down: it is soon of no use. */
  default void putBriefly(ContentName name, Representation representation) throws IOException {
    put(name, representation);
  }

  /** Where content goes that is too large to be collected first. */
  default Drafts drafts() {
    return Drafts.NONE;
  }

  /** May wait for a disk: never on an event loop. */
  Optional<Representation> find(ContentName name);

  /** What can be had without waiting for anything, chunk by chunk. */
  Optional<Representation> atOnce(ContentName name);

  /** Whether {@link #find} is likely to find it. Never waits. */
  boolean holds(ContentName name);

  /** The names of what is held now. */
  Set<ContentName> names();

  void remove(ContentName name);

  void clear();

  /** The bytes of content that are held now. */
  long bytes();

  @Override
  void close();
}
