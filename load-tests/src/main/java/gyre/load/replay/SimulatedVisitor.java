package gyre.load.replay;

import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.Digest;
import gyre.wire.Limits;
import gyre.wire.ServerMessage;
import gyre.wire.codec.DecodeException;
import gyre.wire.manifest.Manifest;
import gyre.wire.manifest.ManifestCheck;
import gyre.wire.manifest.ManifestCodec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One visit without a browser: the real session, token and signalling; bytes over HTTP are really
 * fetched, bytes from a peer are accounted where the directory names a visitor that is here and
 * holds them. Its requests run on virtual threads, several at a time.
 */
final class SimulatedVisitor implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final URI target;
  private final HttpClient http;
  private final Holders holders;
  private final Tally tally;
  private final Session session;
  private final SignallingLine line;
  private final Map<String, Long> store = new ConcurrentHashMap<>();

  private SimulatedVisitor(Replay replay, Session session, SignallingLine line) {
    this.target = replay.target();
    this.http = replay.http();
    this.holders = replay.holders();
    this.tally = replay.tally();
    this.session = session;
    this.line = line;
  }

  /** Gets a session and is welcomed by the signalling server, through origin-proxy's tunnel. */
  static SimulatedVisitor arrive(Replay replay, String page)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = replay.http().send(get(replay.target(), "/.gyre/session"), BODY);
    if (answer.statusCode() != 200) {
      throw new IOException("/.gyre/session answered " + answer.statusCode());
    }
    Session session = Session.parse(answer.body());
    ClientMessage.Hello hello =
        new ClientMessage.Hello(
            Limits.PROTOCOL_VERSION,
            session.token(),
            Bytes.EMPTY,
            resource(replay.target(), page),
            ClientMessage.READS_PACKED | ClientMessage.SERVES);
    URI signal = URI.create("ws://" + replay.target().getRawAuthority() + "/.gyre/signal");
    SignallingLine line = SignallingLine.open(signal, hello, DEADLINE);
    replay.holders().arrived(line.peer());
    return new SimulatedVisitor(replay, session, line);
  }

  private static final HttpResponse.BodyHandler<byte[]> BODY =
      HttpResponse.BodyHandlers.ofByteArray();

  /** Plays one request that the log wanted at {@code dueNanos}. */
  void play(String path, long dueNanos) throws IOException, InterruptedException {
    Long held = store.get(path);
    if (held != null) {
      tally.ownBytes.add(held);
      Tally.record(tally.ownLatency, System.nanoTime() - dueNanos);
      return;
    }
    String resource = resource(target, path);
    ServerMessage.Located located = line.locate(resource);
    Optional<Manifest> manifest = manifest(located, resource);
    if (manifest.isPresent() && holders.anyHolds(located.providers(), manifest.get().digest())) {
      tally.peerBytes.add(manifest.get().size());
      Tally.record(tally.peerLatency, System.nanoTime() - dueNanos);
      keep(path, manifest.get().size(), manifest);
    } else {
      fetch(path, resource, dueNanos);
    }
  }

  private void fetch(String path, String resource, long dueNanos)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = http.send(get(target, path), BODY);
    tally.originBytes.add(answer.body().length);
    Tally.record(tally.originLatency, System.nanoTime() - dueNanos);
    if (answer.statusCode() == 200) {
      keep(path, answer.body().length, manifest(line.locate(resource), resource));
    }
  }

  /** Keeps it, and tells the directory where its manifest is known. */
  private void keep(String path, long size, Optional<Manifest> manifest) throws IOException {
    if (store.put(path, size) == null) {
      tally.wanted(path, size);
    }
    if (manifest.isPresent()) {
      Digest digest = manifest.get().digest();
      holders.holds(line.peer(), digest);
      line.send(new ClientMessage.Announce(List.of(digest), List.of(), List.of(), List.of()));
    }
  }

  private Optional<Manifest> manifest(ServerMessage.Located located, String resource) {
    for (Bytes encoded : located.manifests()) {
      try {
        var verdict =
            session.check().check(ManifestCodec.decode(encoded), resource, session.serverTime(), 0);
        if (verdict instanceof ManifestCheck.Verdict.Verified(var signed)) {
          return Optional.of(signed.manifest());
        }
      } catch (DecodeException e) {
        tally.failed.increment();
      }
    }
    return Optional.empty();
  }

  private static HttpRequest get(URI target, String path) {
    return HttpRequest.newBuilder(URI.create(target + path)).timeout(DEADLINE).build();
  }

  private static String resource(URI target, String path) {
    return "//" + target.getRawAuthority() + path;
  }

  @Override
  public void close() {
    holders.left(line.peer());
    line.close();
  }
}
