package gyre.proxy.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.wire.Limits;
import gyre.wire.manifest.ChunkHasher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every chunk store keeps to; a store's own test extends it. */
public abstract class ChunkStoreContract {
  private static final long CAPACITY = 4 << 20;
  private final List<ContentName> lost = new CopyOnWriteArrayList<>();
  private ChunkStore store;

  /** A new store of this capacity that tells {@code lost} what left it. */
  protected abstract ChunkStore open(long capacity, List<ContentName> lost) throws IOException;

  @BeforeEach
  void open() throws IOException {
    store = open(CAPACITY, lost);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void whatWasPutIsFoundByteForByte() throws IOException {
    for (int size : new int[] {0, 1, Limits.CHUNK - 1, Limits.CHUNK, Limits.CHUNK + 1, 300_000}) {
      byte[] bytes = random(size);
      ContentName name = put("site", bytes);
      assertArrayEquals(bytes, bytes(store.find(name).orElseThrow()), "size " + size);
    }
  }

  @Test
  void aChunkCanBeReadTwice() throws IOException {
    ContentName name = put("site", random(100));
    Representation content = store.find(name).orElseThrow();
    assertEquals(100, content.chunk(0).remaining());
    assertEquals(100, content.chunk(0).remaining());
    assertTrue(content.chunks().matches(0, content.chunk(0)));
  }

  @Test
  void theContentOfOneSiteIsNotFoundByAnother() throws IOException {
    ContentName name = put("one", random(100));
    assertTrue(store.find(new ContentName("two", name.digest())).isEmpty());
  }

  @Test
  void aStoreNeverHoldsMoreThanItsCapacity() throws IOException {
    for (int i = 0; i < 100; i++) {
      put("site", random(200_000));
      assertTrue(store.bytes() <= CAPACITY, "holds " + store.bytes());
    }
    assertTrue(!lost.isEmpty(), "what was dropped was told");
  }

  @Test
  void puttingTheSameAgainTakesNoMoreRoom() throws IOException {
    byte[] bytes = random(1000);
    put("site", bytes);
    put("site", bytes);
    assertEquals(1000, store.bytes());
    assertEquals(List.of(), lost);
  }

  @Test
  void whatIsRemovedIsGoneAndTold() throws IOException {
    ContentName name = put("site", random(1000));
    store.remove(name);
    assertTrue(store.find(name).isEmpty());
    assertEquals(0, store.bytes());
    assertEquals(List.of(name), lost);
  }

  @Test
  void aClearedStoreIsEmpty() throws IOException {
    ContentName name = put("site", random(1000));
    store.clear();
    assertTrue(store.find(name).isEmpty());
    assertEquals(0, store.bytes());
  }

  @Test
  void whatIsHeldIsFound() throws IOException {
    ContentName name = put("site", random(1000));
    assertTrue(store.holds(name));
    store.remove(name);
    assertFalse(store.holds(name));
    assertTrue(store.atOnce(name).isEmpty());
  }

  @Test
  void whatWasRemovedCanBePutAgain() throws IOException {
    byte[] bytes = random(100_000);
    for (int i = 0; i < 50; i++) {
      ContentName name = put("site", bytes);
      assertArrayEquals(bytes, bytes(store.find(name).orElseThrow()));
      store.remove(name);
      assertTrue(store.find(name).isEmpty());
    }
  }

  @Test
  void whatIsLargerThanTheStoreIsNotKept() throws IOException {
    ContentName name = put("site", random((int) CAPACITY + 1));
    assertTrue(store.find(name).isEmpty());
  }

  private ContentName put(String site, byte[] bytes) throws IOException {
    Representation content = content(bytes);
    ContentName name = new ContentName(site, content.chunks().digest());
    store.put(name, content);
    return name;
  }

  public static Representation content(byte[] bytes) {
    ChunkHasher hasher = new ChunkHasher();
    hasher.update(ByteBuffer.wrap(bytes));
    List<ByteBuffer> pieces = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += Limits.CHUNK) {
      pieces.add(ByteBuffer.wrap(bytes, at, Math.min(Limits.CHUNK, bytes.length - at)).slice());
    }
    return new MemoryRepresentation(hasher.finish(), pieces);
  }

  public static byte[] bytes(Representation content) throws IOException {
    ByteBuffer all = ByteBuffer.allocate((int) content.size());
    for (int i = 0; i < content.chunks().count(); i++) {
      all.put(content.chunk(i));
    }
    return all.array();
  }

  private byte[] random(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  private final Random random = new Random(7);
}
