package gyre.proxy.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.cache.ChunkStore;
import gyre.proxy.cache.ChunkStoreContract;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Representation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TieredChunkStoreTest extends ChunkStoreContract {
  private static final int MEMORY = 400_000;

  @TempDir private Path folder;

  @Override
  protected ChunkStore open(long capacity, List<ContentName> lost) throws IOException {
    return TieredChunkStore.open(
        folder.resolve("a"), new TieredChunkStore.Bounds(capacity / 2, capacity), lost::add);
  }

  @Test
  void whatMemoryLostIsFoundOnDiskAndIsNotLost() throws IOException {
    List<ContentName> lost = new ArrayList<>();
    try (TieredChunkStore store =
        TieredChunkStore.open(
            folder.resolve("b"), new TieredChunkStore.Bounds(MEMORY, 64 << 20), lost::add)) {
      List<Representation> all = fill(store, 40);
      assertTrue(all.stream().anyMatch(content -> store.atOnce(name(content)).isEmpty()));
      for (Representation content : all) {
        assertArrayEquals(bytes(content), bytes(store.find(name(content)).orElseThrow()));
      }
      assertEquals(List.of(), lost);
    }
  }

  @Test
  void whatIsAskedForAgainComesBackToMemory() throws IOException {
    try (TieredChunkStore store =
        TieredChunkStore.open(
            folder.resolve("c"), new TieredChunkStore.Bounds(MEMORY, 64 << 20), lost -> {})) {
      List<Representation> all = fill(store, 40);
      ContentName wanted =
          all.stream().map(c -> name(c)).filter(n -> store.atOnce(n).isEmpty()).findAny().get();
      Waiting.until(
          () -> store.find(wanted).isPresent() && store.atOnce(wanted).isPresent(),
          "it is in memory");
    }
  }

  @Test
  void aScanOfTheDiskLeavesWhatIsInUseInMemory() throws IOException {
    try (TieredChunkStore store =
        TieredChunkStore.open(
            folder.resolve("d"), new TieredChunkStore.Bounds(MEMORY, 64 << 20), lost -> {})) {
      fill(store, 30);
      ContentName hot = name(fill(store, 1).getFirst());
      for (int i = 0; i < 100; i++) {
        assertTrue(store.find(hot).isPresent());
      }
      for (Representation content : fill(store, 200)) {
        assertTrue(store.find(name(content)).isPresent());
      }
      assertTrue(store.atOnce(hot).isPresent());
    }
  }

  @Test
  void whatIsKeptBrieflyIsNotWrittenDown() throws IOException {
    Representation content = content(new byte[1000]);
    Path place = folder.resolve("e");
    try (TieredChunkStore store =
        TieredChunkStore.open(place, new TieredChunkStore.Bounds(MEMORY, 64 << 20), lost -> {})) {
      store.putBriefly(name(content), content);
      assertTrue(store.atOnce(name(content)).isPresent());
    }
    try (TieredChunkStore store =
        TieredChunkStore.open(place, new TieredChunkStore.Bounds(MEMORY, 64 << 20), lost -> {})) {
      store.load();
      assertTrue(store.find(name(content)).isEmpty());
    }
  }

  private static List<Representation> fill(ChunkStore store, int count) throws IOException {
    List<Representation> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[20_000];
      new Random(i + 1000L * count).nextBytes(bytes);
      Representation content = content(bytes);
      store.put(name(content), content);
      all.add(content);
    }
    return all;
  }

  private static ContentName name(Representation content) {
    return new ContentName("site", content.chunks().digest());
  }
}
