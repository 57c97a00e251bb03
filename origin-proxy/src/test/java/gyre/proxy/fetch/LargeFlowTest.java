package gyre.proxy.fetch;

import static gyre.proxy.fetch.FlowFixture.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.cache.Messages;
import gyre.proxy.cache.Purge;
import gyre.proxy.fetch.FlowFixture.Got;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.store.TieredChunkStore;
import gyre.wire.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Responses that are larger than what is collected in memory. */
@Timeout(30)
class LargeFlowTest {
  private static final String PUBLIC = "cache-control: max-age=60; etag: \"1\"";
  private static final int PIECES = 128;
  private static final int SIZE = PIECES * Limits.CHUNK;

  @TempDir private Path folder;
  private TieredChunkStore store;
  private FlowFixture proxy;
  private Upstream large;

  @BeforeEach
  void open() throws Exception {
    TieredChunkStore.Bounds bounds = new TieredChunkStore.Bounds(400_000, 4 * SIZE, 2 * SIZE);
    store = TieredChunkStore.open(folder, bounds, lost -> {});
    proxy = new FlowFixture(store);
    large = new Upstream(OptionalLong.of(SIZE));
    proxy.upstream = request -> new Response(200, Messages.headers(PUBLIC), large);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void whatIsTooLargeForMemoryIsKeptOnDisk() throws Exception {
    large.give(PIECES);
    assertWhole(proxy.get("/a", ""));
    until(() -> proxy.cache.entries() == 1 && proxy.flow.fetching() == 0);
    Got again = proxy.get("/a", "");
    assertWhole(again);
    assertEquals("Gyre; hit; detail=disk", again.cacheStatus());
    assertEquals(1, proxy.asked.size());
    assertNothingIsLeft();
  }

  @Test
  void whatDoesNotSayHowLargeItBecomesIsKeptToo() throws Exception {
    large = new Upstream(OptionalLong.empty());
    large.give(PIECES);
    assertWhole(proxy.get("/a", ""));
    until(() -> proxy.cache.entries() == 1);
    assertWhole(proxy.get("/a", ""));
    assertEquals(1, proxy.asked.size());
  }

  @Test
  void whoComesLaterReadsFromDiskWhatHasLeftMemory() throws Exception {
    Response first = proxy.begin(Messages.request("GET", "/a", ""));
    large.give(PIECES / 2);
    until(() -> large.isEmpty());
    Response later = proxy.begin(Messages.request("GET", "/a", ""));
    assertEquals("Gyre; fwd=miss; collapsed; detail=upstream", cacheStatus(later));
    for (int i = 0; i < PIECES / 2; i++) {
      ByteBuffer piece = later.body().next().orElseThrow();
      assertEquals((byte) i, piece.get(7));
    }
    large.give(PIECES / 2);
    later.body().close();
    assertWhole(FlowFixture.read(first));
    assertEquals(1, proxy.asked.size());
    until(() -> proxy.cache.entries() == 1);
  }

  @Test
  void aReaderThatRestsHoldsUpNobody() throws Exception {
    Response resting = proxy.begin(Messages.request("GET", "/a", ""));
    Response other = proxy.begin(Messages.request("GET", "/a", ""));
    large.give(PIECES);
    assertWhole(FlowFixture.read(other));
    until(() -> proxy.cache.entries() == 1);
    assertWhole(FlowFixture.read(resting));
    assertNothingIsLeft();
  }

  @Test
  void aFetchThatBreaksOffLeavesNothing() throws Exception {
    Response answer = proxy.begin(Messages.request("GET", "/a", ""));
    large.give(PIECES / 2);
    large.breakOff();
    assertThrows(IOException.class, () -> FlowFixture.read(answer));
    until(() -> proxy.flow.fetching() == 0);
    assertEquals(0, proxy.cache.entries());
    assertNothingIsLeft();
  }

  @Test
  void whatIsPurgedMeanwhileIsNotKept() throws Exception {
    Response answer = proxy.begin(Messages.request("GET", "/a", ""));
    large.give(PIECES / 2);
    proxy.cache.purge(new Purge.Prefixes("site", List.of("/a")));
    large.give(PIECES / 2);
    assertWhole(FlowFixture.read(answer));
    until(() -> proxy.flow.fetching() == 0);
    assertEquals(0, proxy.cache.entries());
    assertNothingIsLeft();
  }

  @Test
  void aPartThatIsFarFromTheStartIsAskedForByItself() throws Exception {
    large.give(PIECES);
    proxy.upstream =
        request ->
            request.headers().contains("range")
                ? FlowFixture.ok("cache-control: max-age=60", "the part")
                : new Response(200, Messages.headers(PUBLIC), large);
    assertEquals("the part", proxy.get("/a", "range: bytes=5000000-5000007").body());
    assertEquals(2, proxy.asked.size());
    assertEquals("the part", proxy.get("/a", "range: bytes=5000000-5000007").body());
    assertEquals(3, proxy.asked.size());
    assertEquals("the part", proxy.get("/a", "range: bytes=-8").body());
    assertEquals(4, proxy.asked.size());
  }

  @Test
  void aPartThatIsThereAlreadyIsTakenFromWhatArrives() throws Exception {
    Response first = proxy.begin(Messages.request("GET", "/a", "range: bytes=0-"));
    assertEquals(206, first.status());
    large.give(PIECES - 1);
    until(() -> large.isEmpty());
    Got part = proxy.get("/a", "range: bytes=5000000-5000007");
    assertEquals(206, part.status());
    assertEquals(8, part.body().getBytes(UTF_8).length);
    assertEquals(1, proxy.asked.size());
    first.body().close();
  }

  @Test
  void whatMustNotBeWrittenDownIsNot() throws Exception {
    large.give(PIECES);
    proxy.upstream =
        request -> new Response(200, Messages.headers("cache-control: public, max-age=60"), large);
    Request request = Messages.request("GET", "/a", "authorization: Basic eA==");
    assertWhole(proxy.send(request));
    until(() -> proxy.flow.fetching() == 0);
    assertEquals(0, proxy.cache.entries());
    assertEquals(0, store.diskBytes());
  }

  @Test
  void aDiskThatFailsCostsNoReaderAByte() throws Exception {
    Response answer = proxy.begin(Messages.request("GET", "/a", ""));
    Files.delete(folder.resolve("tmp"));
    large.give(PIECES);
    assertWhole(FlowFixture.read(answer));
    until(() -> proxy.flow.fetching() == 0);
    assertEquals(0, proxy.cache.entries());
    Files.createDirectory(folder.resolve("tmp"));
  }

  private static String cacheStatus(Response response) {
    return response.headers().first("cache-status").orElse("");
  }

  private static void assertWhole(Got got) {
    assertEquals(SIZE, got.body().length());
    assertTrue(got.body().charAt(SIZE - 1) == (char) (PIECES - 1), "ends with its last piece");
  }

  private void assertNothingIsLeft() {
    until(
        () -> {
          try (Stream<Path> left = Files.list(folder.resolve("tmp"))) {
            return left.findAny().isEmpty();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  /** Pieces of a chunk, each full of its number, which come when the test says so. */
  private static final class Upstream implements Body {
    private final OptionalLong length;
    private final BlockingQueue<Integer> pieces = new ArrayBlockingQueue<>(2 * PIECES);
    private int given;
    private int read;

    Upstream(OptionalLong length) {
      this.length = length;
    }

    void give(int count) {
      for (int i = 0; i < count; i++) {
        pieces.add(given++);
      }
    }

    void breakOff() {
      pieces.add(-1);
    }

    boolean isEmpty() {
      return pieces.isEmpty();
    }

    @Override
    public Optional<ByteBuffer> next() throws IOException {
      if (read == PIECES) {
        return Optional.empty();
      }
      try {
        Integer piece = pieces.poll(10, TimeUnit.SECONDS);
        if (piece == null || piece < 0) {
          throw new IOException("reset");
        }
        read++;
        byte[] bytes = new byte[Limits.CHUNK];
        java.util.Arrays.fill(bytes, piece.byteValue());
        return Optional.of(ByteBuffer.wrap(bytes));
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    public boolean isReady() {
      return false;
    }

    @Override
    public boolean announce(Runnable onReady) {
      return false;
    }

    @Override
    public OptionalLong length() {
      return length;
    }

    @Override
    public Headers trailers() {
      return Headers.EMPTY;
    }

    @Override
    public void close() {}
  }
}
