package gyre.proxy.publication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.fetch.Publication.Representation;
import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.codec.DecodeException;
import gyre.wire.manifest.ChunkHasher;
import gyre.wire.manifest.Manifest;
import gyre.wire.manifest.ManifestCodec;
import gyre.wire.manifest.SignedManifest;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class WithdrawalsTest {
  private static final String SITE = "example";
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

  @TempDir Path data;
  private PublicationStore store;
  private SitePublication site;

  @BeforeEach
  void open() throws Exception {
    store = PublicationStore.open(data.resolve("publication.db"));
    site = new SitePublication(SITE, store, Duration.ofDays(30), 10_000, () -> NOW);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static String resource(String path) {
    return "//example.com" + path;
  }

  private SignedManifest sign(String path) {
    ChunkHasher hasher = new ChunkHasher();
    hasher.update(ByteBuffer.wrap(path.getBytes(UTF_8)));
    Instant fresh = NOW.plus(Duration.ofDays(1));
    return site.sign(new Representation(resource(path), 200, List.of(), hasher.finish(), fresh))
        .orElseThrow();
  }

  private List<ClientMessage> told() {
    List<ClientMessage> messages = new ArrayList<>();
    for (var next = site.next(); next.isPresent(); next = site.next()) {
      messages.add(next.get());
    }
    return messages;
  }

  @Test
  void withdrawalsThatWaitTogetherRaiseTheGenerationOnce() throws Exception {
    for (String path : List.of("/a", "/b", "/c")) {
      sign(path);
    }
    told();
    site.withdraw(List.of(resource("/a")));
    site.withdraw(List.of(resource("/b")));
    assertTrue(site.fresh(resource("/a")).isEmpty(), "it counts no more at once");
    assertEquals(List.of(), told());
    site.settle();
    assertEquals(
        new ClientMessage.Withdraw(1, List.of(resource("/a"), resource("/b"))), told().getFirst());
    assertEquals(1, store.generation(SITE));
    site.settle();
    assertEquals(1, store.generation(SITE));
  }

  @Test
  void whatWasSignedOfTheResourceSinceIsToldUnderTheNewGeneration() throws Exception {
    sign("/a");
    site.withdraw(List.of(resource("/a")));
    sign("/a");
    site.settle();
    List<ClientMessage> told = told();
    assertEquals(new ClientMessage.Withdraw(1, List.of(resource("/a"))), told.getFirst());
    assertEquals(List.of(1L), generations(told));
  }

  @Test
  void theRestIsSignedAnewInTurnsAndNothingOldIsToldMeanwhile() throws Exception {
    for (int i = 0; i < 700; i++) {
      sign("/" + i);
    }
    site.withdraw(List.of(resource("/0")));
    List<Long> generations = new ArrayList<>();
    List<Integer> turns = new ArrayList<>();
    do {
      site.settle();
      List<Long> now = generations(told());
      generations.addAll(now);
      turns.add(now.size());
    } while (turns.getLast() > 0);
    assertEquals(List.of(500, 199, 0), turns);
    assertTrue(generations.stream().allMatch(generation -> generation == 1));
  }

  private static List<Long> generations(List<ClientMessage> told) {
    return told.stream()
        .filter(ClientMessage.Publish.class::isInstance)
        .flatMap(message -> ((ClientMessage.Publish) message).manifests().stream())
        .map(encoded -> decoded(encoded).generation())
        .toList();
  }

  private static Manifest decoded(Bytes encoded) {
    try {
      return ManifestCodec.decode(encoded).manifest();
    } catch (DecodeException e) {
      throw new IllegalStateException(e);
    }
  }

  /** On a connection of its own, beside the store's. */
  private void execute(String sql) throws SQLException {
    try (var other = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("publication.db"));
        var statement = other.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 5000");
      statement.execute(sql);
    }
  }

  @Test
  void aWithdrawalThatTheStoreCannotTakeIsNotLost() throws Exception {
    sign("/a");
    told();
    execute("ALTER TABLE site_generation RENAME TO away");
    site.withdraw(List.of(resource("/a")));
    assertThrows(SQLException.class, site::settle);
    assertEquals(List.of(), told());
    assertTrue(site.fresh(resource("/a")).isEmpty());
    execute("ALTER TABLE away RENAME TO site_generation");
    site.settle();
    assertEquals(List.of(new ClientMessage.Withdraw(1, List.of(resource("/a")))), told());
  }

  @Test
  void aPurgeIsStoredWhenItReturns() throws Exception {
    Path folder = Files.createDirectory(data.resolve("proxy"));
    try (Publications publications =
            Publications.open(folder, List.of(SITE), Duration.ofDays(30), () -> NOW);
        PublicationStore beside = PublicationStore.open(folder.resolve("publication.db"))) {
      publications.purge(SITE, List.of());
      assertEquals(1, beside.generation(SITE));
    }
  }

  @Test
  void nobodyWaitsForTheStoreToTakeAGeneration() throws Exception {
    SignedManifest kept = sign("/b");
    CompletableFuture<Void> settled;
    try (var other = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("publication.db"));
        var statement = other.createStatement()) {
      store.generation(SITE); // what was to be written is written
      statement.execute("BEGIN IMMEDIATE"); // from now on writing waits
      site.withdraw(List.of(resource("/a")));
      settled =
          CompletableFuture.runAsync(
              () -> {
                try {
                  site.settle();
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      assertEquals(1, site.keys().size());
      assertEquals(Optional.of(kept), site.fresh(resource("/b")));
      assertTrue(!settled.isDone());
      statement.execute("ROLLBACK");
    }
    settled.get(10, TimeUnit.SECONDS);
    assertEquals(1, store.generation(SITE));
  }
}
