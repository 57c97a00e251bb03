package gyre.proxy.swarm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.IceConfig;
import gyre.operations.config.TrustConfig;
import gyre.operations.identity.TrustedKeys;
import gyre.proxy.channel.link.ChannelSupervisor;
import gyre.proxy.channel.link.ChildLimits;
import gyre.wire.Limits;
import gyre.wire.key.SigningKey;
import gyre.wire.manifest.ChunkList;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real channel child against a real Chromium that runs the client's own exchange code. */
@Timeout(120)
class BrowserIT {
  private static final int SIZE = 5_000_000;

  @TempDir Path folder;
  private final ChannelSupervisor child =
      new ChannelSupervisor(
          new IceConfig(List.of(), IceConfig.Loopback.AUTO),
          ChildLimits.DEFAULT,
          InstantSource.system());
  private final Scores scores = new Scores(InstantSource.system());
  private final Unpacker unpacker = new Unpacker();
  private BrowserVisitor visitor;
  private PeerChannel channel;

  @BeforeEach
  void connect() throws Exception {
    child.start();
    visitor = BrowserVisitor.start(folder);
    visitor.behave(SIZE, -1, -1);
    TestSwarm.await("the channel child", () -> child.pid().isPresent());
    Peers peers =
        new Peers(
            "example",
            new Credentials(
                SigningKey.generate(),
                new TrustedKeys(folder, new TrustConfig(List.of(), List.of())),
                InstantSource.system()),
            child,
            visitor,
            (exchange, request) -> exchange.fail("nothing is served here"));
    visitor.answersTo(peers::relayed);
    channel = peers.connect(BrowserVisitor.VISITOR, Optional.empty()).get(30, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() {
    child.close();
    visitor.close();
    unpacker.close();
  }

  private static byte[] content() {
    byte[] content = new byte[SIZE];
    for (int i = 0; i < SIZE; i++) {
      content[i] = (byte) (i * 31 + (i >> 16));
    }
    return content;
  }

  private PeerBody fetch() {
    ChunkList chunks = TestSwarm.chunks(content());
    Stripes stripes = new Stripes(chunks);
    stripes.joined();
    ConcurrentLinkedQueue<PeerChannel> providers = new ConcurrentLinkedQueue<>(List.of(channel));
    Fetcher.Providers one =
        new Fetcher.Providers() {
          @Override
          public Optional<PeerChannel> next() {
            return Optional.ofNullable(providers.poll());
          }

          @Override
          public int parallel() {
            return 1;
          }
        };
    Thread fetcher =
        Thread.ofVirtual().start(new Fetcher(stripes, chunks.digest(), one, scores, unpacker));
    return new PeerBody(stripes, fetcher::interrupt);
  }

  private static byte[] read(PeerBody body) throws IOException {
    try (body) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      Optional<ByteBuffer> piece = body.next();
      while (piece.isPresent()) {
        byte[] copy = new byte[piece.get().remaining()];
        piece.get().get(copy);
        bytes.writeBytes(copy);
        piece = body.next();
      }
      return bytes.toByteArray();
    }
  }

  @Test
  void aVisitorLendsARepresentationByteForByte() throws Exception {
    assertArrayEquals(content(), read(fetch()));
    assertFalse(scores.isBanned(BrowserVisitor.VISITOR));
  }

  @Test
  void aVisitorThatAltersOneByteIsBannedAndNoByteOfThatChunkIsReleased() throws Exception {
    visitor.behave(SIZE, 3 * Limits.CHUNK + 7, -1);
    PeerBody body = fetch();
    int released = 0;
    IOException failure = null;
    while (failure == null) {
      try {
        released += body.next().orElseThrow().remaining();
      } catch (IOException e) {
        failure = e;
      }
    }
    body.close();
    assertEquals(3 * Limits.CHUNK, released);
    assertTrue(scores.isBanned(BrowserVisitor.VISITOR));
  }

  @Test
  void killingTheChildInMidTransferFailsTheBodyAtOnce() throws Exception {
    visitor.behave(SIZE, -1, 16 * Limits.CHUNK);
    PeerBody body = fetch();
    assertTrue(body.next().isPresent());
    ProcessHandle.of(child.pid().orElseThrow()).orElseThrow().destroyForcibly();
    long began = System.nanoTime();
    assertThrows(IOException.class, () -> read(body));
    assertTrue(System.nanoTime() - began < Duration.ofSeconds(10).toNanos());
  }

  @Test
  void aLargeRequestBodyIsStreamedUnderTheBrowsersCredit() throws Exception {
    byte[] sent = content();
    Deadline deadline = Deadline.in(Duration.ofSeconds(30));
    try (Call call = channel.call("POST", "https://a.example/x", List.of(), false).orElseThrow()) {
      assertTrue(call.write(ByteBuffer.wrap(sent)));
      call.end();
      assertEquals(200, call.head(deadline).status());
      assertEquals(
          ByteBuffer.wrap(sent, 0, 100), call.next(deadline).orElseThrow().bytes().buffer());
    }
  }
}
