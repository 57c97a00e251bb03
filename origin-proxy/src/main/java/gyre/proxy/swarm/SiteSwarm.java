package gyre.proxy.swarm;

import gyre.proxy.channel.Channels;
import gyre.wire.AppId;
import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.Digest;
import gyre.wire.Limits;
import gyre.wire.PeerId;
import gyre.wire.PeerSignal;
import gyre.wire.Runners;
import gyre.wire.ServerMessage;
import gyre.wire.codec.PeerSignalCodec;
import gyre.wire.token.Proof;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This proxy in the swarm of one site: keeps one connection to the signalling server, and through
 * it finds and reaches peers.
 *
 * <p>A daemon thread {@code swarm-<site>} connects, waits for the end, and connects again after a
 * growing pause with full jitter. What was open to other peers stays open meanwhile.
 */
final class SiteSwarm implements Relay, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SiteSwarm.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration ADMISSION = Duration.ofSeconds(10);

  /** What happens to the swarm, told on the connection's thread; calls return at once. */
  interface Listener {
    /** A connection stands: what is soft state there must be told again. */
    void joined(SiteSwarm swarm);

    void runners(SiteSwarm swarm, List<Runners> runners);
  }

  /** Where to find the server, and as whom. */
  record Entrance(String site, URI server, Credentials credentials) {}

  private final Entrance entrance;
  private final HttpClient client;
  private final Listener listener;
  private final Peers peers;
  private final Scores scores;
  private final Map<Long, CompletableFuture<ServerMessage.Located>> questions =
      new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;
  private volatile Optional<SignallingSocket> socket = Optional.empty();
  private volatile Optional<ServerMessage.Welcome> welcome = Optional.empty();
  private volatile Bytes resume = Bytes.EMPTY;
  private volatile long heardNanos;
  private volatile long pauseMillis;
  private volatile boolean closed;

  SiteSwarm(
      Entrance entrance,
      HttpClient client,
      Channels channels,
      Listener listener,
      Scores scores,
      PeerChannel.Service service) {
    this.entrance = entrance;
    this.client = client;
    this.listener = listener;
    this.peers = new Peers(entrance.site(), entrance.credentials(), channels, this, service);
    this.scores = scores;
    this.thread =
        Thread.ofPlatform().daemon().name("swarm-" + entrance.site()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  String site() {
    return entrance.site();
  }

  Peers peers() {
    return peers;
  }

  Scores scores() {
    return scores;
  }

  boolean isJoined() {
    return welcome.isPresent();
  }

  @Override
  public Optional<PeerId> self() {
    return welcome.map(ServerMessage.Welcome::peer);
  }

  @Override
  public void relay(PeerId to, PeerSignal signal) {
    tell(new ClientMessage.Relay(to, Bytes.owning(PeerSignalCodec.encode(signal))));
  }

  /** Sends a message where there is a connection; says whether there was. */
  boolean tell(ClientMessage message) {
    Optional<SignallingSocket> open = socket;
    if (welcome.isEmpty() || open.isEmpty()) {
      return false;
    }
    open.get().send(message);
    return true;
  }

  /** Asks who holds the digests and runs the apps; empty without an answer in time. */
  Optional<ServerMessage.Located> locate(List<Digest> digests, List<AppId> apps, Deadline deadline)
      throws InterruptedException {
    long number = numbers.incrementAndGet();
    CompletableFuture<ServerMessage.Located> answer = new CompletableFuture<>();
    questions.put(number, answer);
    try {
      if (!tell(new ClientMessage.Locate(number, List.of(), digests, apps))) {
        return Optional.empty();
      }
      return Optional.of(answer.get(deadline.left().toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    } finally {
      questions.remove(number);
    }
  }

  /** Asks without waiting: the answer goes to the listener, as later changes do. */
  void follow(List<AppId> apps) {
    if (!apps.isEmpty()) {
      tell(new ClientMessage.Locate(numbers.incrementAndGet(), List.of(), List.of(), apps));
    }
  }

  private void run() {
    int failures = 0;
    while (!closed) {
      boolean joined = visit();
      failures = joined ? 0 : failures + 1;
      pause(failures);
    }
  }

  /** One connection from beginning to end; says whether it was admitted. */
  private boolean visit() {
    SignallingSocket opened = new SignallingSocket(this::received);
    boolean joined = false;
    try (opened) {
      heardNanos = System.nanoTime();
      opened.connect(client, entrance.server());
      socket = Optional.of(opened);
      opened.send(
          new ClientMessage.Hello(
              Limits.PROTOCOL_VERSION,
              entrance.credentials().token(site()).encoded(),
              resume,
              "",
              ClientMessage.READS_PACKED | ClientMessage.SERVES));
      while (!opened.whenClosed().isDone()) {
        joined |= heartbeat(opened);
      }
      LOG.info("{}: signalling {}", site(), opened.whenClosed().join());
    } catch (IOException e) {
      LOG.warn("{}: {}", site(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
    } finally {
      leave();
    }
    return joined;
  }

  /** Waits one heartbeat, or the end; a server silent for three of them is given up. */
  private boolean heartbeat(SignallingSocket opened) throws InterruptedException {
    Duration beat =
        welcome.map(w -> Duration.ofMillis(Math.max(1_000, w.heartbeatMillis()))).orElse(ADMISSION);
    try {
      opened.whenClosed().get(beat.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      if (welcome.isEmpty() || System.nanoTime() - heardNanos > 3 * beat.toNanos()) {
        opened.close();
      } else {
        tell(new ClientMessage.Ping(numbers.incrementAndGet()));
      }
    }
    return welcome.isPresent();
  }

  private void leave() {
    socket = Optional.empty();
    welcome = Optional.empty();
    questions.values().forEach(question -> question.cancel(false));
    questions.clear();
  }

  private void pause(int failures) {
    long bound =
        Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(failures, 10));
    long millis = pauseMillis + RandomGenerator.getDefault().nextLong(bound + 1);
    pauseMillis = 0;
    try {
      closed |= stop.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
    }
  }

  private void received(ServerMessage message) {
    heardNanos = System.nanoTime();
    switch (message) {
      case ServerMessage.Challenge challenge ->
          socket.ifPresent(
              open ->
                  open.send(
                      new ClientMessage.Prove(
                          entrance.credentials().sign(Proof.signedBytes(challenge.nonce())))));
      case ServerMessage.Welcome admitted -> {
        welcome = Optional.of(admitted);
        resume = admitted.resume();
        LOG.info("{}: in the swarm as {}", site(), admitted.peer());
        listener.joined(this);
      }
      case ServerMessage.Located located -> located(located);
      case ServerMessage.Relayed relayed -> peers.relayed(relayed.from(), relayed.payload());
      case ServerMessage.Refused refused ->
          LOG.warn("{}: signalling refused ({}): {}", site(), refused.code(), refused.reason());
      case ServerMessage.GoAway goAway -> {
        pauseMillis = Math.min(goAway.reconnectMillis(), LONGEST_PAUSE.toMillis());
        socket.ifPresent(SignallingSocket::close);
      }
      case ServerMessage.Hint _, ServerMessage.Pong _ -> {}
    }
  }

  private void located(ServerMessage.Located located) {
    if (!located.runners().isEmpty()) {
      listener.runners(this, located.runners());
    }
    CompletableFuture<ServerMessage.Located> question = questions.get(located.request());
    if (question != null) {
      question.complete(located);
    }
  }

  @Override
  public void close() {
    closed = true;
    stop.countDown();
    socket.ifPresent(SignallingSocket::close);
    peers.closeAll();
  }
}
