package gyre.proxy.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.operations.admin.AdminServer;
import gyre.operations.config.AdminConfig;
import gyre.operations.config.HostPort;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeysApiTest {
  private final List<String> rotated = new ArrayList<>();

  @Test
  void aPostRotatesTheKeyOfTheSiteThatItNames() throws Exception {
    try (AdminServer admin =
        new AdminServer(
            new AdminConfig(new HostPort("127.0.0.1", 0), Optional.empty()),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            Optional::empty)) {
      admin.handle(
          "/api/keys/rotate", new KeysApi(site -> site.equals("demo") && rotated.add(site)));
      String path = "http://127.0.0.1:" + admin.address().getPort() + "/api/keys/rotate";
      assertEquals(405, status("GET", path + "?site=demo"));
      assertEquals(404, status("POST", path));
      assertEquals(404, status("POST", path + "?site=other"));
      assertEquals(200, status("POST", path + "?site=demo"));
      assertEquals(List.of("demo"), rotated);
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
