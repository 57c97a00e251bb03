package gyre.proxy.coding;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import gyre.proxy.cache.ChunkStore;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.MemoryRepresentation;
import gyre.proxy.cache.Representation;
import gyre.wire.Limits;
import gyre.wire.manifest.ChunkHasher;
import gyre.wire.manifest.ChunkList;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Content in the codings it was asked for in, made once each and kept in the same store, and so in
 * the same budget of memory, as the identity it was made of. It is found through that identity
 * alone: with it, it goes out of use. Any thread.
 */
final class KeptCodings {
  private static final Logger log = LoggerFactory.getLogger(KeptCodings.class);
  private static final int MOST = 100_000;

  /** Bytes of content that is coded to be kept; larger content is coded for each who asks. */
  private static final long LARGEST = 64L << 20;

  private record Key(ContentName identity, Coding coding) {}

  /** Where the coded content is; empty where it is not worth it. */
  private record Made(Optional<ContentName> name) {}

  /** Told of bytes before and after. */
  interface Tally {
    void coded(Coding coding, long plain, long coded);
  }

  private final ChunkStore store;
  private final CodingThreads threads;
  private final Tally tally;
  private final Set<Key> underWay = ConcurrentHashMap.newKeySet();
  private final Cache<Key, Made> made =
      Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();

  KeptCodings(ChunkStore store, CodingThreads threads, Tally tally) {
    this.store = store;
    this.threads = threads;
    this.tally = tally;
  }

  /** Never blocks. */
  Kept find(ContentName identity, Coding coding) {
    Made known = made.getIfPresent(new Key(identity, coding));
    if (known == null) {
      return new Kept.Missing();
    }
    if (known.name().isEmpty()) {
      return new Kept.Useless();
    }
    return store.atOnce(known.name().get()).<Kept>map(Kept.Ready::new).orElseGet(Kept.Missing::new);
  }

  /** Has it made, unless that is under way or too much else is. Never blocks. */
  void make(ContentName identity, Representation content, Coding coding) {
    Key key = new Key(identity, coding);
    if (content.size() <= LARGEST
        && underWay.add(key)
        && !threads.later(() -> makeNow(key, content))) {
      underWay.remove(key);
    }
  }

  private void makeNow(Key key, Representation content) {
    try (Encoder encoder = Encoder.thorough(key.coding(), content.size())) {
      ByteArrayOutputStream coded = new ByteArrayOutputStream();
      for (int i = 0; i < content.chunks().count(); i++) {
        encoder.write(content.chunk(i));
        coded.writeBytes(encoder.taken());
      }
      coded.writeBytes(encoder.finish());
      tally.coded(key.coding(), content.size(), coded.size());
      made.put(key, keep(key, content.size(), coded.toByteArray()));
    } catch (IOException | RuntimeException e) {
      log.warn("{} was not coded: {}", key, e.toString());
    } finally {
      underWay.remove(key);
    }
  }

  private Made keep(Key key, long size, byte[] coded) throws IOException {
    if (coded.length > size * 19 / 20) {
      return new Made(Optional.empty());
    }
    ChunkHasher hasher = new ChunkHasher();
    hasher.update(ByteBuffer.wrap(coded));
    ChunkList chunks = hasher.finish();
    List<ByteBuffer> pieces = new ArrayList<>(chunks.count());
    for (int i = 0; i < chunks.count(); i++) {
      pieces.add(ByteBuffer.wrap(coded, i * Limits.CHUNK, chunks.length(i)).slice());
    }
    ContentName name = new ContentName(key.identity().site(), chunks.digest());
    store.putBriefly(name, new MemoryRepresentation(chunks, pieces));
    return new Made(Optional.of(name));
  }
}
