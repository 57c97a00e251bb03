package gyre.proxy.swarm;

import gyre.operations.address.AddressRanges;
import gyre.operations.config.HostPort;
import gyre.operations.config.TrustConfig;
import gyre.operations.identity.TrustedKeys;
import gyre.proxy.channel.Channels;
import gyre.proxy.exchange.ExchangeEvent;
import gyre.proxy.fetch.Holdings;
import gyre.proxy.publication.Publications;
import gyre.signalling.admission.ClientAddress;
import gyre.signalling.admission.Doorkeeper;
import gyre.signalling.directory.Capacity;
import gyre.signalling.directory.MemoryDirectory;
import gyre.signalling.session.Deadlines;
import gyre.signalling.session.SignallingServer;
import gyre.wire.AppId;
import gyre.wire.ClientMessage;
import gyre.wire.Digest;
import gyre.wire.Limits;
import gyre.wire.PeerKind;
import gyre.wire.Runners;
import gyre.wire.key.SigningKey;
import gyre.wire.key.VerifyingKey;
import gyre.wire.manifest.ChunkHasher;
import gyre.wire.manifest.ChunkList;
import gyre.wire.token.SignedToken;
import gyre.wire.token.TokenCheck;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A real signalling server with proxies and workers made in one line each. */
final class TestSwarm {
  static final String SITE = "example";

  final SigningKey workerNode = SigningKey.generate();
  final SigningKey stranger = SigningKey.generate();
  private final SigningKey proxies = SigningKey.generate();
  private final Path folder;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private SignallingServer server;
  private int count;

  TestSwarm(Path folder) {
    this.folder = folder;
    this.server = serve(0);
  }

  /** The server trusts the stranger too: it stands for one that cannot be believed. */
  private SignallingServer serve(int port) {
    return new SignallingServer(
        new SignallingServer.Settings(
            new HostPort("127.0.0.1", port),
            "test",
            new ClientAddress(AddressRanges.of("127.0.0.1")),
            100,
            100,
            Deadlines.withHeartbeat(Duration.ofSeconds(20))),
        new Doorkeeper(Set.of(SITE)),
        new MemoryDirectory(Capacity.DEFAULT, Duration.ofSeconds(20), new SplittableRandom(1)),
        () ->
            new TokenCheck(
                List.of(proxies.verifyingKey()),
                List.of(workerNode.verifyingKey(), stranger.verifyingKey())),
        new SimpleMeterRegistry(),
        InstantSource.system());
  }

  void stopServer() {
    port = server.address().getPort();
    server.close();
  }

  private int port;

  void restartServer() {
    server = serve(port);
  }

  private URI uri() {
    return URI.create("ws://127.0.0.1:" + server.address().getPort());
  }

  private TrustedKeys trusted() {
    return new TrustedKeys(
        folder, new TrustConfig(texts(proxies.verifyingKey()), texts(workerNode.verifyingKey())));
  }

  private static List<String> texts(VerifyingKey key) {
    return List.of(key.toString());
  }

  Proxy proxy(Channels channels, Set<AppId> apps) throws Exception {
    Proxy proxy = new Proxy(channels, apps);
    opened.add(proxy);
    await("a proxy in the swarm", () -> proxy.swarm.isJoined(SITE));
    return proxy;
  }

  /** A proxy with a publication of its own and a cache that tests fill. */
  final class Proxy implements AutoCloseable, Holdings {
    final Publications publications;
    final Swarm swarm;
    private final Map<Digest, byte[]> held = new HashMap<>();
    volatile boolean lying;

    private Proxy(Channels channels, Set<AppId> apps) throws Exception {
      count++;
      Path data = folder.resolve("proxy-" + count);
      Files.createDirectories(data);
      publications =
          Publications.open(data, List.of(SITE), Duration.ofDays(30), InstantSource.system());
      swarm =
          new Swarm(
              new SwarmConfig(uri(), List.of(SITE), apps),
              new Credentials(proxies, trusted(), InstantSource.system()),
              new Swarm.Surroundings(channels, this, publications, publications::joined),
              InstantSource.system());
      publications.start(swarm::tell);
      swarm.start();
    }

    void hold(byte[] content) {
      Digest digest = chunks(content).digest();
      synchronized (held) {
        held.put(digest, content);
      }
      swarm.gained(SITE, digest);
    }

    @Override
    public OptionalLong size(String site, Digest digest) {
      synchronized (held) {
        byte[] content = held.get(digest);
        return content == null ? OptionalLong.empty() : OptionalLong.of(content.length);
      }
    }

    @Override
    public Optional<ByteBuffer> chunk(String site, Digest digest, int index) {
      synchronized (held) {
        byte[] content = held.get(digest);
        if (content == null) {
          return Optional.empty();
        }
        int from = index * Limits.CHUNK;
        byte[] chunk =
            Arrays.copyOfRange(content, from, Math.min(content.length, from + Limits.CHUNK));
        if (lying) {
          chunk[chunk.length / 2] ^= 1;
        }
        return Optional.of(ByteBuffer.wrap(chunk));
      }
    }

    @Override
    public void close() {
      swarm.close();
      publications.close();
    }
  }

  /** A worker tab: announces its app, accepts proxies' offers and answers as it is told. */
  SiteSwarm worker(SigningKey node, Channels channels, AppId app, PeerChannel.Service service)
      throws Exception {
    Credentials credentials =
        new Credentials(node, trusted(), InstantSource.system()) {
          @Override
          SignedToken token(String site) {
            return token(site, PeerKind.WORKER);
          }
        };
    return member(credentials, channels, List.of(app), service);
  }

  /** A proxy's bare connection to the swarm, without content and apps. */
  SiteSwarm bareProxy(Channels channels) throws Exception {
    Credentials credentials = new Credentials(proxies, trusted(), InstantSource.system());
    return member(credentials, channels, List.of(), TestSwarm::echo);
  }

  private SiteSwarm member(
      Credentials credentials, Channels channels, List<AppId> runs, PeerChannel.Service service)
      throws Exception {
    SiteSwarm member =
        new SiteSwarm(
            new SiteSwarm.Entrance(SITE, uri(), credentials),
            HttpClient.newHttpClient(),
            channels,
            new SiteSwarm.Listener() {
              @Override
              public void joined(SiteSwarm swarm) {
                if (!runs.isEmpty()) {
                  swarm.tell(new ClientMessage.Announce(List.of(), List.of(), runs, List.of()));
                }
              }

              @Override
              public void runners(SiteSwarm swarm, List<Runners> runners) {}
            },
            new Scores(InstantSource.system()),
            service);
    opened.add(member);
    member.start();
    await("a member in the swarm", member::isJoined);
    return member;
  }

  /** Answers with the request's method and target and its body's length. */
  static void echo(ServedExchange exchange, ExchangeEvent.Requested request)
      throws PeerException, InterruptedException {
    Deadline deadline = Deadline.in(Duration.ofSeconds(10));
    exchange.respond(201, List.of());
    exchange.write(
        ByteBuffer.wrap(
            (request.method() + " " + request.target()).getBytes(StandardCharsets.UTF_8)),
        deadline);
    exchange.end();
  }

  static byte[] content(int size, long seed) {
    byte[] content = new byte[size];
    new Random(seed).nextBytes(content);
    return content;
  }

  static ChunkList chunks(byte[] content) {
    ChunkHasher hasher = new ChunkHasher();
    hasher.update(ByteBuffer.wrap(content));
    return hasher.finish();
  }

  /** Waits for the condition, twenty seconds at most. */
  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not in time: " + what);
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  void close() throws Exception {
    for (AutoCloseable closeable : opened.reversed()) {
      closeable.close();
    }
    server.close();
  }
}
