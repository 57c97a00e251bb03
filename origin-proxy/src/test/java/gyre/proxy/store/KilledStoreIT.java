package gyre.proxy.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.cache.ChunkStoreContract;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Representation;
import gyre.proxy.cache.ResponseCache;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that stores and purges is killed again and again ({@code -Dgyre.seed=N} repeats). */
@Timeout(300)
class KilledStoreIT {
  private static final int KILLS = 20;

  @TempDir private Path folder;

  private final Set<Integer> purged = new HashSet<>();
  private int round;
  private long restored;

  @Test
  void whatAKilledProcessLeavesIsWholeOrGoneAndNothingPurgedComesBack() throws Exception {
    long seed = Long.getLong("gyre.seed", System.nanoTime());
    System.out.println("gyre.seed=" + seed);
    Random random = new Random(seed);
    for (int i = 0; i < KILLS; i++) {
      runAndKill(random);
      check();
    }
    assertTrue(restored > KILLS, restored + " responses outlived their process");
    assertFalse(purged.isEmpty(), "a purge was among it");
  }

  private void runAndKill(Random random) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KilledStore.class.getName(),
                folder.toString(),
                Long.toString(random.nextLong()),
                Integer.toString(round + 1))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int lines = 1 + random.nextInt(400);
    try (BufferedReader output = process.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        read(line);
        if (--lines == 0) {
          process.toHandle().destroyForcibly(); // what it printed before is read to the end
        }
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private void read(String line) {
    String[] words = line.split(" ", 2);
    if (words.length == 2 && words[0].equals("put")) {
      round = Math.max(round, Integer.parseInt(words[1]));
    } else if (words.length == 2 && words[0].equals("purged")) {
      purged.add(Integer.parseInt(words[1]));
    }
  }

  private void check() throws IOException {
    try (TieredChunkStore store =
            TieredChunkStore.open(
                folder, new TieredChunkStore.Bounds(1 << 20, 16 << 20), lost -> {});
        HeadFile heads = HeadFile.open(folder)) {
      ResponseCache cache = new ResponseCache(store, heads, Duration.ofSeconds(10));
      store.load();
      Set<ContentName> names = store.names();
      for (ContentName name : names) {
        Representation content = store.find(name).orElseThrow();
        byte[] bytes = ChunkStoreContract.bytes(content);
        assertEquals(name.digest(), ChunkStoreContract.content(bytes).chunks().digest());
      }
      heads.load(
          (key, variants) -> {
            assertFalse(purged.contains(Integer.parseInt(key.split("/", -1)[3])), key);
            cache.restore(key, variants, each -> true);
          });
      restored += cache.entries();
    }
    try (Stream<Path> left = Files.list(folder.resolve("tmp"))) {
      assertEquals(List.of(), left.toList());
    }
  }
}
