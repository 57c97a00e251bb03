package gyre.proxy.fetch;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.CompressionConfig;
import gyre.operations.config.ConfigFile;
import gyre.operations.config.SiteConfig;
import gyre.proxy.cache.MemoryChunkStore;
import gyre.proxy.cache.Messages;
import gyre.proxy.cache.ResponseCache;
import gyre.proxy.coding.Codings;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Response;
import gyre.proxy.message.ScriptedBody;
import gyre.proxy.route.Route;
import gyre.wire.manifest.SignedManifest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PassFlowTest {
  private static final SiteConfig SITE =
      ConfigFile.parse(
              "test",
              Path.of("/"),
              "sites: [{ id: site, hosts: [site.test], upstreams: ['http://127.0.0.1:1'] }]")
          .sites()
          .getFirst();

  private static PassFlow flow(Body body, Publication publication) {
    Sources sources =
        new Sources(
            site -> request -> new Response(200, Headers.EMPTY, body),
            (manifest, deadline) -> new PeerSource.Outcome.NotFound("nobody is here"),
            (app, request, deadline) -> new AppSource.Outcome.Unavailable("none"),
            (app, request, deadline) -> new AppSource.Outcome.Unavailable("none"),
            name -> Optional.empty(),
            new Via("gyre-test"));
    MemoryChunkStore store = new MemoryChunkStore(1 << 20, lost -> {});
    return new PassFlow(
        sources,
        new ResponseCache(store),
        publication,
        new Negotiation(new Codings(CompressionConfig.DEFAULT, store, new SimpleMeterRegistry())));
  }

  @Test
  void anAnswerThatNobodyGetsIsClosed() {
    AtomicBoolean isClosed = new AtomicBoolean();
    Body body = new ScriptedBody(Optional::empty).onClose(() -> isClosed.set(true));
    Publication broken =
        new MemoryPublication(() -> Messages.NOW) {
          @Override
          public Optional<SignedManifest> fresh(String site, String resource) {
            throw new IllegalStateException("the publication is broken");
          }

          @Override
          public void withdraw(String site, List<String> resources) {
            throw new IllegalStateException("the publication is broken");
          }
        };
    PassFlow flow = flow(body, broken);
    assertThrows(
        IllegalStateException.class,
        () ->
            flow.pass(Messages.request("POST", "/a", ""), new Route.Pass(SITE, Route.Why.METHOD)));
    assertTrue(isClosed.get(), "the upstream's connection is free again");
  }
}
