package gyre.proxy.fetch;

import static gyre.proxy.fetch.FlowFixture.ok;
import static gyre.proxy.fetch.FlowFixture.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gyre.proxy.cache.Messages;
import gyre.proxy.cache.Verdict;
import gyre.proxy.fetch.FlowFixture.Got;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.store.TieredChunkStore;
import gyre.wire.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests whose content memory has let go and the disk still holds. */
@Timeout(20)
class DiskFlowTest {
  private static final String PUBLIC =
      "cache-control: max-age=60, stale-while-revalidate=60; content-type: image/png; etag: \"1\"";
  private static final int SIZE = 150_000;
  private static final int RESOURCES = 6;

  @TempDir private Path folder;
  private TieredChunkStore store;
  private FlowFixture proxy;

  @BeforeEach
  void open() throws Exception {
    store =
        TieredChunkStore.open(
            folder, new TieredChunkStore.Bounds(4 * SIZE + 10_000, 64 << 20), lost -> {});
    proxy = new FlowFixture(store);
    proxy.upstream = request -> ok(PUBLIC, body(request.target()));
    for (int i = 0; i < RESOURCES; i++) {
      proxy.get("/" + i, "");
      int kept = i + 1;
      until(() -> proxy.cache.entries() == kept);
    }
    until(() -> files() == RESOURCES);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void theEventLoopLeavesItToAThreadThatMayWait() throws Exception {
    String target = onDisk();
    Decision.Pending pending =
        assertInstanceOf(
            Decision.Pending.class, proxy.flow.tryNow(Messages.request("GET", target, "")));
    assertInstanceOf(Verdict.OnDisk.class, pending.verdict());
    Got got = FlowFixture.read(proxy.flow.serve(pending));
    assertEquals(body(target), got.body());
    assertEquals("Gyre; hit; detail=disk", got.cacheStatus());
    assertEquals(RESOURCES, proxy.asked.size());
  }

  @Test
  void aRangeAndAHeadAreAnsweredFromDisk() throws Exception {
    String target = onDisk();
    Got part = proxy.get(target, "range: bytes=100000-100004");
    assertEquals(206, part.status());
    assertEquals(body(target).substring(100_000, 100_005), part.body());
    Got head = proxy.send(Messages.request("HEAD", onDisk(), ""));
    assertEquals("" + SIZE, head.header("content-length"));
    assertEquals(RESOURCES, proxy.asked.size());
  }

  @Test
  void whatIsStaleIsValidatedWithTheBytesFromDisk() throws Exception {
    String target = onDisk();
    proxy.now = proxy.now.plusSeconds(300);
    proxy.upstream = request -> new Response(304, Messages.headers(PUBLIC), Body.EMPTY);
    Got got = proxy.get(target, "");
    assertEquals("Gyre; fwd=stale; detail=upstream", got.cacheStatus());
    assertEquals(body(target), got.body());
  }

  @Test
  void aFileThatCannotBeReadIsFetchedAnew() throws Exception {
    String target = onDisk();
    for (Path file : list()) {
      Files.write(file, new byte[10]);
    }
    Got got = proxy.get(target, "");
    assertEquals("Gyre; fwd=miss; detail=upstream", got.cacheStatus());
    assertEquals(body(target), got.body());
  }

  @Test
  void whatCannotBeReadInTheMiddleComesFromTheUpstream() throws Exception {
    String target = onDisk();
    damage();
    proxy.upstream = request -> part(request, body(target));
    Got got = proxy.get(target, "cookie: mine=1");
    assertEquals("Gyre; hit; detail=disk", got.cacheStatus());
    assertEquals(body(target), got.body());
    Headers asked = proxy.asked.getLast().headers();
    assertEquals(Optional.of("bytes=65536-"), asked.first("range"));
    assertEquals(Optional.of("\"1\""), asked.first("if-range"));
    assertEquals(Optional.empty(), asked.first("cookie"));
  }

  @Test
  void whatCannotBeReadIsForgotten() throws Exception {
    String target = onDisk();
    damage();
    proxy.upstream = request -> part(request, body(target));
    proxy.get(target, "");
    proxy.upstream = request -> ok(PUBLIC, body(target));
    assertEquals("Gyre; fwd=miss; detail=upstream", proxy.get(target, "").cacheStatus());
    until(() -> proxy.flow.fetching() == 0);
    assertEquals(body(target), proxy.get(target, "").body());
    assertEquals(RESOURCES + 2, proxy.asked.size());
  }

  @Test
  void aRangeGoesOnFromTheUpstreamToo() throws Exception {
    String target = onDisk();
    damage();
    proxy.upstream = request -> part(request, body(target));
    Got got = proxy.get(target, "range: bytes=60000-69999");
    assertEquals(206, got.status());
    assertEquals(body(target).substring(60_000, 70_000), got.body());
  }

  @Test
  void aFileThatWasRemovedUnderAReaderCostsNothing() throws Exception {
    String target = onDisk();
    Response answer = proxy.begin(Messages.request("GET", target, ""));
    for (Path file : list()) {
      Files.delete(file);
    }
    proxy.upstream = request -> part(request, body(target));
    assertEquals(body(target), FlowFixture.read(answer).body());
  }

  @Test
  void anotherVersionIsNeverMixedIn() throws Exception {
    String target = onDisk();
    damage();
    proxy.upstream = request -> part(request, body(target).replace('/', '-'));
    assertThrows(IOException.class, () -> proxy.get(target, ""));
    proxy.upstream = request -> ok(PUBLIC, "new");
    assertEquals("new", proxy.get(target, "").body());
  }

  @Test
  void whereTheUpstreamFailsTheAnswerBreaksOff() throws Exception {
    String target = onDisk();
    damage();
    proxy.upstream = request -> new Response(503, Headers.EMPTY, Body.EMPTY);
    assertThrows(IOException.class, () -> proxy.get(target, ""));
  }

  /** Of each file the second chunk is changed. */
  private void damage() throws IOException {
    for (Path file : list()) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.allocate(8), Limits.CHUNK + 5);
      }
    }
  }

  private static Response part(Request request, String whole) {
    String range = request.headers().first("range").orElse("bytes=0-");
    int from = Integer.parseInt(range.substring(6, range.length() - 1));
    return new Response(
        206,
        Messages.headers(
            "content-range: bytes " + from + "-" + (whole.length() - 1) + "/" + whole.length()),
        Body.of(whole.substring(from).getBytes(UTF_8)));
  }

  @Test
  void onlyIfCachedHasWhatIsOnDisk() throws Exception {
    String target = onDisk();
    assertEquals(200, proxy.get(target, "cache-control: only-if-cached").status());
  }

  private String onDisk() {
    for (int i = 0; i < RESOURCES; i++) {
      if (proxy.flow.tryNow(Messages.request("GET", "/" + i, "")) instanceof Decision.Pending) {
        return "/" + i;
      }
    }
    throw new AssertionError("all is in memory");
  }

  private static String body(String target) {
    return target.repeat(SIZE / target.length());
  }

  private long files() {
    return list().size();
  }

  private List<Path> list() {
    try (Stream<Path> all = Files.walk(folder.resolve("content"))) {
      return all.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
