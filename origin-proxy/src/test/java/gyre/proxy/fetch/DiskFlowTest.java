package gyre.proxy.fetch;

import static gyre.proxy.fetch.FlowFixture.ok;
import static gyre.proxy.fetch.FlowFixture.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import gyre.proxy.cache.Messages;
import gyre.proxy.cache.Verdict;
import gyre.proxy.fetch.FlowFixture.Got;
import gyre.proxy.store.TieredChunkStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    proxy.upstream =
        request ->
            new gyre.proxy.message.Response(
                304, Messages.headers(PUBLIC), gyre.proxy.message.Body.EMPTY);
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
