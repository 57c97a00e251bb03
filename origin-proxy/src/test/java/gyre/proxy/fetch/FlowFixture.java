package gyre.proxy.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import gyre.operations.config.CompressionConfig;
import gyre.operations.config.ConfigFile;
import gyre.proxy.cache.ChunkStore;
import gyre.proxy.cache.MemoryChunkStore;
import gyre.proxy.cache.Messages;
import gyre.proxy.cache.ResponseCache;
import gyre.proxy.coding.Codings;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.route.Route;
import gyre.proxy.route.RoutePolicy;
import gyre.wire.AppId;
import gyre.wire.Bytes;
import gyre.wire.Digest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** A request flow whose sources are scripts and whose clock is set by hand. */
final class FlowFixture {
  static final int LARGEST = 200_000;

  volatile Instant now = Messages.NOW;
  volatile UpstreamSource upstream = request -> new Response(404, Headers.EMPTY, Body.EMPTY);
  volatile PeerSource peers =
      (manifest, deadline) -> new PeerSource.Outcome.NotFound("nobody is here");
  volatile AppSource workers = (app, request, deadline) -> none();
  volatile AppSource executor = (app, request, deadline) -> none();
  final List<Request> asked = new CopyOnWriteArrayList<>();
  final List<Digest> gained = new CopyOnWriteArrayList<>();
  final MemoryPublication publication = new MemoryPublication(() -> now);
  final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  final Codings codings;
  final ResponseCache cache;
  final RequestFlow flow;

  FlowFixture() {
    this(1);
  }

  /** {@code minVisitors}: how many must ask before a page names something. */
  FlowFixture(int minVisitors) {
    this(minVisitors, new MemoryChunkStore(4 << 20, lost -> {}));
  }

  FlowFixture(ChunkStore store) {
    this(1, store);
  }

  private FlowFixture(int minVisitors, ChunkStore store) {
    this(minVisitors, new ResponseCache(store), store);
  }

  private FlowFixture(int minVisitors, ResponseCache cache, ChunkStore store) {
    this.cache = cache;
    codings = new Codings(CompressionConfig.DEFAULT, store, metrics);
    Sources sources =
        new Sources(
            site ->
                request -> {
                  asked.add(request);
                  return upstream.fetch(request);
                },
            (manifest, deadline) -> peers.fetch(manifest, deadline),
            (app, request, deadline) -> workers.call(app, request, deadline),
            (app, request, deadline) -> executor.call(app, request, deadline),
            name -> Optional.of(new AppId(name, new Digest(Bytes.owning(new byte[32])))),
            new Via("gyre-test"));
    flow =
        new RequestFlow(
            policy(minVisitors),
            sources,
            new RequestFlow.Shelves(
                cache, LARGEST, publication, listener(), codings, new Counters(metrics)),
            nothingOfItsOwn(),
            Duration.ofSeconds(5),
            () -> now);
  }

  private static RoutePolicy policy(int minVisitors) {
    return new RoutePolicy(
        ConfigFile.parse(
                "test",
                Path.of("/"),
                """
                apps: [{ name: search, file: search.js }]
                sites:
                  - id: site
                    hosts: [site.test]
                    upstreams: ["http://127.0.0.1:1"]
                    peers: { min-size: 10, hedge-delay: 50ms, min-visitors: %d }
                    routes:
                      - { match: "/api/*", app: search }
                      - { match: "/alone/*", peers: never }
                """
                    .formatted(minVisitors))
            .sites());
  }

  private HoldingsListener listener() {
    return new HoldingsListener() {
      @Override
      public void gained(String site, Digest digest) {
        gained.add(digest);
      }

      @Override
      public void lost(String site, Digest digest) {}
    };
  }

  private static OwnResources nothingOfItsOwn() {
    return new OwnResources() {
      @Override
      public Decision tryNow(Request request, Route.Own route) {
        return new Decision.Answer(Response.text(404, "nothing"));
      }

      @Override
      public Response serve(Request request, Route.Own route) {
        return Response.text(404, "nothing");
      }
    };
  }

  private static AppSource.Outcome none() {
    return new AppSource.Outcome.Unavailable("none");
  }

  /** What one request got. */
  record Got(int status, Headers headers, String body) {
    String header(String name) {
      return headers.first(name).orElse("");
    }

    String cacheStatus() {
      return header("cache-status");
    }
  }

  Got get(String target, String headers) throws Exception {
    return send(Messages.request("GET", target, headers));
  }

  Got send(Request request) throws Exception {
    return read(begin(request));
  }

  Response begin(Request request) throws InterruptedException {
    return switch (flow.tryNow(request)) {
      case Decision.Answer answer -> answer.response();
      case Decision.Coming coming -> Comings.await(coming, flow);
      case Decision.Pending pending -> flow.serve(pending);
      case Decision.Tunnel tunnel -> throw new IllegalStateException("a tunnel");
    };
  }

  static Got read(Response response) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (Body body = response.body()) {
      for (var piece = body.next(); piece.isPresent(); piece = body.next()) {
        byte[] bytes = new byte[piece.get().remaining()];
        piece.get().get(bytes);
        all.writeBytes(bytes);
      }
    }
    return new Got(response.status(), response.headers(), all.toString(UTF_8));
  }

  static Response ok(String headers, String body) {
    return new Response(200, Messages.headers(headers), Body.of(body.getBytes(UTF_8)));
  }

  /** Answers by what the request says. */
  static UpstreamSource answering(Function<Request, Response> script) {
    return script::apply;
  }

  /** Waits for what another thread does in a moment. */
  static void until(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("it did not come about within 10 s");
      }
      Thread.onSpinWait();
    }
  }
}
