package gyre.proxy.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.cache.ChunkStore;
import gyre.proxy.cache.ChunkStoreContract;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Representation;
import gyre.wire.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskChunkStoreTest extends ChunkStoreContract {
  private static final long CAPACITY = 64 << 20;

  @TempDir private Path folder;

  private Path cache() {
    return folder.resolve("cache");
  }

  @Override
  protected ChunkStore open(long capacity, List<ContentName> lost) throws IOException {
    return DiskChunkStore.open(folder.resolve("contract"), capacity, capacity / 4, lost::add);
  }

  private DiskChunkStore opened() throws IOException {
    DiskChunkStore store = DiskChunkStore.open(cache(), CAPACITY, CAPACITY / 4, lost -> {});
    store.load();
    return store;
  }

  @Test
  void anotherProcessFindsWhatThisOneHasWritten() throws IOException {
    Representation large = random(300_000, 1);
    Representation empty = random(0, 2);
    try (DiskChunkStore store = opened()) {
      store.put(name(large), large);
      store.put(name(empty), empty);
    }
    try (DiskChunkStore store = opened()) {
      assertArrayEquals(bytes(large), bytes(store.find(name(large)).orElseThrow()));
      assertEquals(0, store.find(name(empty)).orElseThrow().size());
      assertEquals(300_000, store.bytes());
    }
  }

  @Test
  void whatWasRemovedIsNotFoundByAnotherProcess() throws IOException {
    Representation one = random(1000, 1);
    Representation other = random(1000, 2);
    try (DiskChunkStore store = opened()) {
      store.put(name(one), one);
      store.put(name(other), other);
      store.remove(name(one));
    }
    try (DiskChunkStore store = DiskChunkStore.open(cache(), CAPACITY, CAPACITY / 4, lost -> {})) {
      store.remove(name(other)); // before it is loaded
    }
    try (DiskChunkStore store = opened()) {
      assertEquals(0, store.bytes());
    }
    assertEquals(0, files());
  }

  @Test
  void twoProcessesDoNotShareAFolder() throws IOException {
    try (DiskChunkStore store = opened()) {
      assertThrows(IOException.class, this::opened);
      assertEquals(0, store.bytes());
    }
  }

  @Test
  void aChangedByteIsNeverReadAndWhatItBelongsToIsForgotten() throws IOException {
    Representation small = random(1000, 1);
    Representation large = random(3 * Limits.CHUNK, 2);
    try (DiskChunkStore store = opened()) {
      store.put(name(small), small);
      store.put(name(large), large);
    }
    for (Path file : list()) {
      change(file, Math.max(0, Files.size(file) - Limits.CHUNK));
    }
    try (DiskChunkStore store = opened()) {
      assertTrue(store.find(name(small)).isEmpty());
      Representation found = store.find(name(large)).orElseThrow();
      assertEquals(Limits.CHUNK, found.chunk(0).remaining());
      assertThrows(IOException.class, () -> found.chunk(2));
      assertFalse(store.holds(name(large)));
    }
    assertEquals(0, files());
  }

  @Test
  void aFileThatIsCutOrOfAnotherFormatIsAMiss() throws IOException {
    for (int i = 0; i < 3; i++) {
      Representation content = random(200_000, i);
      try (DiskChunkStore store = opened()) {
        store.put(name(content), content);
      }
      Path file = list().getFirst();
      switch (i) {
        case 0 -> change(file, Files.size(file) - 1);
        case 1 -> change(file, Files.size(file) - 20);
        default -> cut(file, 100_000);
      }
      try (DiskChunkStore store = opened()) {
        assertTrue(store.find(name(content)).isEmpty());
        assertEquals(0, store.bytes());
      }
      assertEquals(0, files());
    }
  }

  @Test
  void whatAProcessLeftUnfinishedIsRemovedAndStrangeFilesAreLeftAlone() throws IOException {
    opened().close();
    Path left = Files.createDirectories(cache().resolve("tmp/1-2-3/aa"));
    Files.write(left.resolve("x"), new byte[10]);
    Files.write(cache().resolve("tmp/1-2-4"), new byte[10]);
    Path strange = Files.write(cache().resolve("content/readme"), new byte[10]);
    opened().close();
    try (Stream<Path> temporaries = Files.list(cache().resolve("tmp"))) {
      assertEquals(0, temporaries.count());
    }
    assertTrue(Files.exists(strange));
  }

  @Test
  void aDiskThatCannotBeWrittenKeepsNothingAndHarmsNothing() throws IOException {
    try (DiskChunkStore store = opened()) {
      Files.delete(cache().resolve("content"));
      Files.write(cache().resolve("content"), new byte[1]);
      Representation content = random(1000, 1);
      store.put(name(content), content);
      Waiting.until(() -> store.bytes() == 0, "it is given up");
      assertFalse(store.holds(name(content)));
    }
  }

  @Test
  void aReaderGetsTheRestOfWhatIsRemovedMeanwhile() throws IOException {
    Representation content = random(3 * Limits.CHUNK, 1);
    try (DiskChunkStore store = opened()) {
      store.put(name(content), content);
    }
    try (DiskChunkStore store = opened()) {
      Representation found = store.find(name(content)).orElseThrow();
      store.remove(name(content));
      assertArrayEquals(bytes(content), bytes(found));
    }
  }

  @Test
  void theFolderIsNobodyElsesBusiness() throws IOException {
    Representation content = random(1000, 1);
    try (DiskChunkStore store = opened()) {
      store.put(name(content), content);
    }
    assertEquals("rwx------", mode(cache()));
    assertEquals("rw-------", mode(list().getFirst()));
  }

  @Test
  void aSmallerDiskIsEnoughForThoseThatFit() throws IOException {
    try (DiskChunkStore store = opened()) {
      for (int i = 0; i < 100; i++) {
        Representation content = random(100_000, i);
        store.put(name(content), content);
      }
    }
    try (DiskChunkStore store = DiskChunkStore.open(cache(), 1 << 20, 1 << 18, lost -> {})) {
      store.load();
      assertTrue(store.bytes() <= 1 << 20);
      assertTrue(store.bytes() > 1 << 19);
    }
    assertTrue(files() < 11, files() + " files");
  }

  private static ContentName name(Representation content) {
    return new ContentName("site", content.chunks().digest());
  }

  private static Representation random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return content(bytes);
  }

  private static void change(Path file, long at) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      one.put(0, (byte) (one.get(0) ^ 1)).flip();
      channel.write(one, at);
    }
  }

  private static void cut(Path file, long length) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(length);
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private long files() throws IOException {
    return list().size();
  }

  private List<Path> list() throws IOException {
    try (Stream<Path> all = Files.walk(cache().resolve("content"))) {
      return new ArrayList<>(all.filter(Files::isRegularFile).toList());
    }
  }
}
