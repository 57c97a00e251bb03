package gyre.proxy.store;

import gyre.proxy.cache.ChunkStoreContract;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Draft;
import gyre.proxy.cache.Messages;
import gyre.proxy.cache.NewContent;
import gyre.proxy.cache.Purge;
import gyre.proxy.cache.Representation;
import gyre.proxy.cache.ResponseCache;
import gyre.proxy.cache.StoredResponse;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/**
 * Stores {@code /<round>/<n>} without end and purges a round now and then, until it is killed.
 * Prints a line for each step once it is done.
 */
final class KilledStore {
  static final String HEAD = "cache-control: max-age=1000";

  private KilledStore() {}

  /** Arguments: folder, seed, first round. */
  public static void main(String[] args) throws IOException {
    Random random = new Random(Long.parseLong(args[1]));
    Path folder = Path.of(args[0]);
    TieredChunkStore store =
        TieredChunkStore.open(folder, new TieredChunkStore.Bounds(1 << 20, 16 << 20), lost -> {});
    HeadFile heads = HeadFile.open(folder);
    ResponseCache cache = new ResponseCache(store, heads, Duration.ofSeconds(10));
    store.load();
    heads.load((key, variants) -> cache.restore(key, variants, each -> true));
    for (int round = Integer.parseInt(args[2]); true; round++) {
      for (int n = random.nextInt(60); n >= 0; n--) {
        put(cache, "/" + round + "/" + n, random);
        System.out.println("put " + round);
      }
      if (random.nextInt(3) == 0) {
        int purged = random.nextInt(round + 1);
        cache.purge(new Purge.Prefixes("site", List.of("/" + purged + "/")));
        cache.sync();
        System.out.println("purged " + purged);
      }
    }
  }

  private static NewContent arrived(ResponseCache cache, Representation content, Random random)
      throws IOException {
    Optional<Draft> begun = cache.drafts().begin(OptionalLong.empty());
    if (random.nextInt(3) > 0 || begun.isEmpty()) {
      begun.ifPresent(Draft::close);
      return new NewContent.Collected(content);
    }
    Draft draft = begun.get();
    for (int i = 0; i < content.chunks().count(); i++) {
      if (!draft.append(content.chunk(i), Duration.ofSeconds(10))) {
        throw new IOException("the disk is too slow");
      }
    }
    return new NewContent.Drafted(draft, content.chunks());
  }

  static void put(ResponseCache cache, String target, Random random) throws IOException {
    byte[] bytes =
        new byte[random.nextInt(4) == 0 ? random.nextInt(250_000) : random.nextInt(3000)];
    random.nextBytes(bytes);
    Representation content = ChunkStoreContract.content(bytes);
    ContentName name = new ContentName("site", content.chunks().digest());
    Request request = Messages.request("GET", target, "");
    Instant now = Messages.NOW;
    Headers head = Messages.headers(HEAD);
    StoredResponse response = StoredResponse.of(request, 200, head, name, now, now);
    NewContent arrived = arrived(cache, content, random);
    cache.put(request, response, arrived, cache.mark());
    if (arrived instanceof NewContent.Drafted drafted && random.nextInt(20) > 0) {
      drafted.draft().close(); // others are open still when the process is killed
    }
  }
}
