package gyre.proxy.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.operations.admin.AdminServer;
import gyre.operations.config.AdminConfig;
import gyre.operations.config.HostPort;
import gyre.proxy.cache.MemoryChunkStore;
import gyre.proxy.cache.ResponseCache;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PurgeApiTest {
  private record Withdrawn(String site, List<String> resources) {}

  private final List<Withdrawn> withdrawn = new ArrayList<>();

  @Test
  void aPostWithdrawsTheNamedResourcesOfItsSiteOrAll() throws Exception {
    try (MemoryChunkStore store = new MemoryChunkStore(1 << 20, lost -> {});
        AdminServer admin =
            new AdminServer(
                new AdminConfig(new HostPort("127.0.0.1", 0), Optional.empty()),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                Optional::empty)) {
      admin.handle(
          "/api/purge",
          new PurgeApi(
              Set.of("demo"),
              new ResponseCache(store),
              (site, resources) -> {
                if (resources.contains("//a/full")) {
                  throw new SQLException("the disk is full");
                }
                withdrawn.add(new Withdrawn(site, resources));
              }));
      String path = "http://127.0.0.1:" + admin.address().getPort() + "/api/purge";
      assertEquals(405, status("GET", path + "?site=demo"));
      assertEquals(404, status("POST", path));
      assertEquals(404, status("POST", path + "?site=other"));
      assertEquals(400, status("POST", path + "?site=demo&resource=/a"));
      assertEquals(500, status("POST", path + "?site=demo&resource=//a/full"));
      assertEquals(List.of(), withdrawn);
      assertEquals(200, status("POST", path + "?site=demo"));
      assertEquals(200, status("POST", path + "?site=demo&resource=//a/b%3Fc&resource=//a/d"));
      assertEquals(
          List.of(
              new Withdrawn("demo", List.of()), new Withdrawn("demo", List.of("//a/b?c", "//a/d"))),
          withdrawn);
    }
  }

  private static int status(String method, String uri) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(uri))
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build();
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }
}
