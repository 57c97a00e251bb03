package gyre.proxy.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import gyre.proxy.cache.ChunkStoreContract;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Messages;
import gyre.proxy.cache.NewContent;
import gyre.proxy.cache.Purge;
import gyre.proxy.cache.Representation;
import gyre.proxy.cache.ResponseCache;
import gyre.proxy.cache.StoredResponse;
import gyre.proxy.cache.Verdict;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarmRestartTest {
  private static final int STEPS = 4_000;

  @TempDir private Path folder;
  private TieredChunkStore store;
  private HeadFile heads;
  private ResponseCache cache;

  @BeforeEach
  void start() throws IOException {
    store =
        TieredChunkStore.open(folder, new TieredChunkStore.Bounds(200_000, 2 << 20), lost -> {});
    heads = HeadFile.open(folder);
    cache = new ResponseCache(store, heads, Duration.ofSeconds(10));
    store.load();
    heads.load((key, variants) -> cache.restore(key, variants, each -> true));
    cache.removeUnused();
  }

  @AfterEach
  void stop() {
    heads.close();
    store.close();
  }

  private void restart() throws IOException {
    stop();
    start();
  }

  @Test
  void aResponseIsAHitAfterARestartAndOfItsRealAge() throws IOException {
    Request german = Messages.get("accept-language: de");
    put(
        german,
        "cache-control: max-age=60; vary: accept-language; age: 7",
        "Hallo".getBytes(UTF_8));
    restart();
    Instant later = Messages.NOW.plusSeconds(20);
    Verdict.Fresh fresh = assertInstanceOf(Verdict.Fresh.class, cache.lookUpWaiting(german, later));
    assertEquals(27, fresh.response().age(later).toSeconds());
    assertArrayEquals("Hallo".getBytes(UTF_8), ChunkStoreContract.bytes(fresh.content()));
    assertInstanceOf(Verdict.Miss.class, cache.lookUpWaiting(Messages.get(""), later));
    assertInstanceOf(
        Verdict.Stale.class, cache.lookUpWaiting(german, Messages.NOW.plusSeconds(54)));
  }

  @Test
  void whatIsForgottenWhileItIsReadStaysForgotten() throws IOException {
    put(Messages.get(""), "cache-control: max-age=60", new byte[10]);
    stop();
    store =
        TieredChunkStore.open(folder, new TieredChunkStore.Bounds(200_000, 2 << 20), lost -> {});
    heads = HeadFile.open(folder);
    cache = new ResponseCache(store, heads, Duration.ofSeconds(10));
    store.load();
    cache.invalidate(Messages.get(""));
    heads.load((key, variants) -> cache.restore(key, variants, each -> true));
    assertEquals(0, cache.entries());
    restart();
    assertEquals(0, cache.entries());
  }

  @Test
  void contentThatNoResponseNamesIsRemoved() throws IOException {
    Representation content = ChunkStoreContract.content(new byte[100]);
    store.put(new ContentName("site", content.chunks().digest()), content);
    restart();
    assertEquals(Set.of(), store.names());
  }

  @Test
  void whateverHappensALookUpFindsTheLatestOrNothing() throws IOException {
    long seed = Long.getLong("gyre.seed", System.nanoTime());
    System.out.println("gyre.seed=" + seed);
    Random random = new Random(seed);
    Model model = new Model();
    for (int i = 0; i < STEPS; i++) {
      step(random, model);
    }
    restart();
    for (int i = 0; i < Model.KEYS; i++) {
      check(Model.request(i), model);
    }
  }

  /** What was stored last and not forgotten since. */
  private static final class Model {
    private static final int KEYS = 40;
    private final Map<String, byte[]> contents = new HashMap<>();
    private final Map<String, String> tags = new HashMap<>();
    private final Set<String> stale = new HashSet<>();

    private static Request request(int key) {
      return Messages.request("GET", "/" + key % 4 + "/" + key, "");
    }
  }

  private void step(Random random, Model model) throws IOException {
    Request request = Model.request(random.nextInt(Model.KEYS));
    String target = request.target();
    String group = "/" + random.nextInt(4) + "/";
    String tag = "t" + random.nextInt(5);
    switch (random.nextInt(400)) {
      case 0 -> restart();
      case 1 -> {
        cache.clear();
        model.contents.clear();
      }
      case 2 -> {
        cache.purge(new Purge.Everything("site"));
        model.contents.clear();
      }
      case 3, 4, 5 -> {
        cache.purge(new Purge.Prefixes("site", List.of(group)));
        model.contents.keySet().removeIf(each -> each.startsWith(group));
      }
      case 6, 7, 8 -> {
        cache.purge(new Purge.Tags("site", List.of(tag)));
        model.contents.keySet().removeIf(each -> tag.equals(model.tags.get(each)));
      }
      case 9, 10, 11 -> {
        cache.purgeSoftly(new Purge.Prefixes("site", List.of(group)), Messages.NOW);
        model.contents.keySet().stream().filter(k -> k.startsWith(group)).forEach(model.stale::add);
      }
      case 12, 13, 14, 15, 16 -> {
        cache.purge(new Purge.Resources("site", Set.of("//site.test" + target)));
        model.contents.remove(target);
      }
      case 17, 18, 19, 20, 21 -> {
        cache.invalidate(request);
        model.contents.remove(target);
      }
      default -> {
        if (random.nextInt(3) == 0) {
          byte[] bytes = new byte[random.nextInt(100_000)];
          random.nextBytes(bytes);
          put(request, KilledStore.HEAD + "; cache-tag: " + tag, bytes);
          model.contents.put(target, bytes);
          model.tags.put(target, tag);
          model.stale.remove(target);
        } else {
          check(request, model);
        }
      }
    }
  }

  private void check(Request request, Model model) throws IOException {
    byte[] expected = model.contents.get(request.target());
    switch (cache.lookUpWaiting(request, Messages.NOW)) {
      case Verdict.Fresh fresh when !model.stale.contains(request.target()) ->
          assertArrayEquals(expected, ChunkStoreContract.bytes(fresh.content()));
      case Verdict.Stale stale when model.stale.contains(request.target()) ->
          assertArrayEquals(expected, ChunkStoreContract.bytes(stale.content()));
      case Verdict.Miss _ -> {}
      case Verdict other -> throw new AssertionError(request.target() + ": " + other);
    }
  }

  private void put(Request request, String headers, byte[] bytes) throws IOException {
    Representation content = ChunkStoreContract.content(bytes);
    ContentName name = new ContentName("site", content.chunks().digest());
    Headers head = Messages.headers(headers);
    Instant now = Messages.NOW;
    StoredResponse response = StoredResponse.of(request, 200, head, name, now, now);
    cache.put(request, response, new NewContent.Collected(content), cache.mark());
  }
}
