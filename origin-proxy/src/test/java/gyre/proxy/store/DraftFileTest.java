package gyre.proxy.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.cache.ChunkStoreContract;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Draft;
import gyre.proxy.cache.Representation;
import gyre.wire.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class DraftFileTest {
  private static final Duration LONG = Duration.ofSeconds(10);
  private static final int CAPACITY = 8 << 20;

  @TempDir private Path folder;
  private TieredChunkStore store;

  @BeforeEach
  void open() throws IOException {
    store = TieredChunkStore.open(folder, new TieredChunkStore.Bounds(1000, CAPACITY), lost -> {});
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void whatWasWrittenPieceByPieceIsFoundUnderItsName() throws IOException {
    Representation content = random(20 * Limits.CHUNK + 7);
    try (Draft draft = drafted(content)) {
      assertTrue(store.find(name(content)).isEmpty());
      draft.keep(name(content), content.chunks());
      assertFound(content);
      assertArrayEquals(bytes(content.chunk(3)), bytes(draft.chunk(3)));
    }
    assertFound(content);
    assertEquals(content.size(), store.diskBytes());
    Waiting.until(() -> temporaries().isEmpty(), "nothing is left");
  }

  @Test
  void itIsReadWhileItGrows() throws IOException {
    Representation content = random(3 * Limits.CHUNK);
    try (Draft draft = drafted(content)) {
      Waiting.until(() -> draft.written() == 3, "all is written");
      assertArrayEquals(bytes(content.chunk(1)), bytes(draft.chunk(1)));
      assertThrows(IOException.class, () -> draft.chunk(3));
    }
  }

  @Test
  void aByteThatTheDiskChangedIsNeverRead() throws IOException {
    Representation content = random(3 * Limits.CHUNK);
    try (Draft draft = drafted(content)) {
      Waiting.until(() -> draft.written() == 3, "all is written");
      try (FileChannel file =
          FileChannel.open(temporaries().getFirst(), StandardOpenOption.WRITE)) {
        file.write(ByteBuffer.allocate(8), Limits.CHUNK + 100);
      }
      assertThrows(IOException.class, () -> draft.chunk(1));
      assertArrayEquals(bytes(content.chunk(2)), bytes(draft.chunk(2)));
    }
  }

  @Test
  void whatIsGivenUpLeavesNothing() throws IOException {
    Draft draft = drafted(random(3 * Limits.CHUNK));
    Waiting.until(() -> draft.written() == 3, "all is written");
    draft.close();
    Waiting.until(() -> temporaries().isEmpty(), "nothing is left");
    assertEquals(0, store.diskBytes());
  }

  @Test
  void whatGrowsTooLargeIsNotTaken() throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(Limits.CHUNK);
    assertTrue(store.drafts().begin(OptionalLong.of(CAPACITY / 4 + 1)).isEmpty());
    try (Draft draft = store.drafts().begin(OptionalLong.empty()).orElseThrow()) {
      for (int i = 0; i < CAPACITY / 4 / Limits.CHUNK; i++) {
        assertTrue(draft.append(chunk, LONG));
      }
      assertThrows(IOException.class, () -> draft.append(chunk, LONG));
    }
  }

  @Test
  void draftsAndFilesTogetherKeepTheBoundOfTheDisk() throws IOException {
    for (int i = 0; i < 40; i++) {
      Representation content = random(300_000);
      try (Draft draft = drafted(content)) {
        draft.keep(name(content), content.chunks());
        assertFound(content);
      }
      assertTrue(store.diskBytes() <= CAPACITY, "holds " + store.diskBytes());
    }
  }

  @Test
  void draftsTakeHalfOfTheDiskAtMost() throws IOException {
    Representation quarter = random(CAPACITY / 4 - Limits.CHUNK);
    try (Draft none = store.drafts().begin(OptionalLong.empty()).orElseThrow();
        Draft one = drafted(quarter);
        Draft two = drafted(quarter)) {
      assertThrows(
          IOException.class,
          () -> {
            while (true) {
              assertTrue(none.append(quarter.chunk(0), LONG));
            }
          });
      assertFalse(one.equals(two));
    }
    Waiting.until(
        () -> temporaries().isEmpty() && store.drafts().begin(OptionalLong.empty()).isPresent(),
        "there is room again");
  }

  @Test
  void aDiskThatCannotBeWrittenTakesNoMore() throws IOException {
    Files.delete(folder.resolve("tmp"));
    try (Draft draft = store.drafts().begin(OptionalLong.empty()).orElseThrow()) {
      ByteBuffer chunk = ByteBuffer.allocate(Limits.CHUNK);
      assertThrows(
          IOException.class,
          () -> {
            while (true) {
              draft.append(chunk, LONG);
            }
          });
    }
  }

  private Draft drafted(Representation content) throws IOException {
    Draft draft = store.drafts().begin(OptionalLong.of(content.size())).orElseThrow();
    for (int i = 0; i < content.chunks().count(); i++) {
      assertTrue(draft.append(content.chunk(i), LONG));
    }
    return draft;
  }

  private void assertFound(Representation content) throws IOException {
    Representation found = store.find(name(content)).orElseThrow();
    assertArrayEquals(ChunkStoreContract.bytes(content), ChunkStoreContract.bytes(found));
  }

  private List<Path> temporaries() {
    try (Stream<Path> all = Files.list(folder.resolve("tmp"))) {
      return all.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ContentName name(Representation content) {
    return new ContentName("site", content.chunks().digest());
  }

  private static byte[] bytes(ByteBuffer chunk) {
    byte[] bytes = new byte[chunk.remaining()];
    chunk.duplicate().get(bytes);
    return bytes;
  }

  private final Random random = new Random(7);

  private Representation random(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return ChunkStoreContract.content(bytes);
  }
}
