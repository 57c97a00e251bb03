package gyre.proxy.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.ObjectMapper;
import gyre.operations.admin.AdminServer;
import gyre.operations.config.AdminConfig;
import gyre.operations.config.HostPort;
import gyre.proxy.cache.ChunkStoreContract;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.MemoryChunkStore;
import gyre.proxy.cache.Messages;
import gyre.proxy.cache.NewContent;
import gyre.proxy.cache.Representation;
import gyre.proxy.cache.ResponseCache;
import gyre.proxy.cache.StoredResponse;
import gyre.proxy.cache.Verdict;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PurgeApiTest {
  private record Withdrawn(String site, Set<String> resources) {}

  private final List<Withdrawn> withdrawn = new ArrayList<>();
  private final MemoryChunkStore store = new MemoryChunkStore(1 << 20, lost -> {});
  private final ResponseCache cache = new ResponseCache(store);
  private final PurgeApi.Manifests manifests =
      new PurgeApi.Manifests() {
        @Override
        public Set<String> resources(String site) {
          return Set.of("//site.test/a/1", "//site.test/b", "//site.test/unknown");
        }

        @Override
        public void withdraw(String site, List<String> resources) throws SQLException {
          if (resources.contains("//a/full")) {
            throw new SQLException("the disk is full");
          }
          withdrawn.add(new Withdrawn(site, Set.copyOf(resources)));
        }
      };

  @Test
  void aPostWithdrawsTheNamedResourcesOfItsSiteOrAll() throws Exception {
    served(
        path -> {
          assertEquals(405, status("GET", path + "?site=demo"));
          assertEquals(404, status("POST", path));
          assertEquals(404, status("POST", path + "?site=other"));
          assertEquals(400, status("POST", path + "?site=demo&resource=/a"));
          assertEquals(400, status("POST", path + "?site=demo&prefix=a"));
          assertEquals(400, status("POST", path + "?site=demo&tag=a,b"));
          assertEquals(400, status("POST", path + "?site=demo&tag=a&prefix=/b"));
          assertEquals(500, status("POST", path + "?site=demo&resource=//a/full"));
          assertEquals(List.of(), withdrawn);
          assertEquals(200, status("POST", path + "?site=demo"));
          assertEquals(200, status("POST", path + "?site=demo&resource=//a/b%3Fc&resource=//a/d"));
          assertEquals(
              List.of(
                  new Withdrawn("demo", Set.of()),
                  new Withdrawn("demo", Set.of("//a/b?c", "//a/d"))),
              withdrawn);
        });
  }

  @Test
  void aPrefixTakesBackWhatIsStoredAndWhatIsOnlySigned() throws Exception {
    store("/a/1", "");
    store("/a/2", "");
    store("/b", "");
    served(
        path ->
            assertEquals(
                "{\"manifests\":1,\"responses\":2}",
                sorted(send("POST", path + "?site=demo&prefix=/a/").body())));
    assertEquals(
        List.of(new Withdrawn("demo", Set.of("//site.test/a/1", "//site.test/a/2"))), withdrawn);
    assertEquals(1, cache.entries());
  }

  @Test
  void aTagTakesBackWhatCarriesItAndWhatMayHaveCarriedIt() throws Exception {
    store("/a/1", "cache-tag: news, Front");
    store("/b", "cache-tag: other");
    served(path -> assertEquals(200, status("POST", path + "?site=demo&tag=front")));
    assertEquals(
        List.of(new Withdrawn("demo", Set.of("//site.test/a/1", "//site.test/unknown"))),
        withdrawn);
    assertEquals(1, cache.entries());
  }

  @Test
  void aSoftPurgeKeepsWhatIsStoredButFreshNoLonger() throws Exception {
    store("/a/1", "etag: \"1\"");
    Request request = Messages.request("GET", "/a/1", "");
    served(path -> assertEquals(200, status("POST", path + "?site=demo&prefix=/a/&soft=true")));
    assertInstanceOf(Verdict.Stale.class, cache.lookUp(request, Messages.NOW));
    assertEquals(1, withdrawn.size());
  }

  private void store(String target, String headers) throws IOException {
    Request request = Messages.request("GET", target, "");
    Representation content = ChunkStoreContract.content(target.getBytes(UTF_8));
    ContentName name = new ContentName("demo", content.chunks().digest());
    Headers head = Messages.headers("cache-control: max-age=60; " + headers);
    Instant now = Messages.NOW;
    cache.put(
        request,
        StoredResponse.of(request, 200, head, name, now, now),
        new NewContent.Collected(content),
        cache.mark());
  }

  @FunctionalInterface
  private interface Asking {
    void at(String path) throws Exception;
  }

  private void served(Asking asking) throws Exception {
    try (AdminServer admin =
        new AdminServer(
            new AdminConfig(new HostPort("127.0.0.1", 0), Optional.empty()),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            Optional::empty)) {
      admin.handle(
          "/api/purge", new PurgeApi(() -> Set.of("demo"), cache, manifests, () -> Messages.NOW));
      asking.at("http://127.0.0.1:" + admin.address().getPort() + "/api/purge");
    }
  }

  private static String sorted(String json) throws IOException {
    return new ObjectMapper().writeValueAsString(new ObjectMapper().readValue(json, TreeMap.class));
  }

  private static int status(String method, String uri) throws Exception {
    return send(method, uri).statusCode();
  }

  private static HttpResponse<String> send(String method, String uri) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(uri))
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build();
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }
}
