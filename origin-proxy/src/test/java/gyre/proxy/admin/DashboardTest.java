package gyre.proxy.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import gyre.operations.admin.AdminServer;
import gyre.operations.config.AdminConfig;
import gyre.operations.config.ConfigFile;
import gyre.operations.config.GyreConfig;
import gyre.operations.config.HostPort;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DashboardTest {
  private static final String SWARM =
      """
      {"sites":[{"id":"demo","peers":{"visitors":3,"workers":1,"proxies":1}}]}
      """;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private HttpServer signalling;
  private Dashboard dashboard;
  private AdminServer admin;

  @BeforeEach
  void begin() throws IOException {
    signalling = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    signalling.createContext(
        "/api/swarm",
        exchange -> {
          try (exchange) {
            AdminServer.json(exchange, 200, SWARM.getBytes(StandardCharsets.UTF_8));
          }
        });
    signalling.start();
    GyreConfig config =
        ConfigFile.parse(
            "gyre.yaml",
            Path.of("."),
            """
            signalling: { admin: { listen: "127.0.0.1:%d" } }
            sites:
              - id: demo
                hosts: ["*"]
                upstreams: [http://127.0.0.1:9]
                routes: [{ match: /api/search*, app: search }]
            apps: [{ name: search, file: search.js }]
            """
                .formatted(signalling.getAddress().getPort()));
    dashboard = new Dashboard(() -> config, registry, InstantSource.system());
    admin =
        new AdminServer(
            new AdminConfig(new HostPort("127.0.0.1", 0), Optional.empty()),
            registry,
            Optional::empty);
    dashboard.serveAt(admin);
  }

  @AfterEach
  void end() {
    admin.close();
    dashboard.close();
    signalling.stop(0);
  }

  @Test
  void thePageIsOneFileThatMayLoadNothingFromElsewhere() throws Exception {
    HttpResponse<String> page = get("/");
    assertEquals(200, page.statusCode());
    assertTrue(page.body().startsWith("<!doctype html>"));
    String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
    assertTrue(policy.startsWith("default-src 'none'"), policy);
    assertEquals(404, get("/elsewhere").statusCode());
  }

  @Test
  void theStatusTellsSitesAppsSourcesAndTheSwarm() throws Exception {
    registry.counter("gyre.proxy.answers", "source", "peer", "site", "demo").increment(3);
    registry.counter("gyre.proxy.answers", "source", "peer", "site", "other").increment();
    registry.counter("gyre.proxy.answer.bytes", "source", "peer", "site", "demo").increment(900);

    JsonNode status = status();
    assertEquals("demo", status.at("/sites/0/id").asText());
    assertEquals("/api/search*", status.at("/apps/0/routes/0").asText());
    assertEquals(4, status.at("/answers/total/peer/answers").asLong());
    assertEquals(900, status.at("/answers/total/peer/bytes").asLong());
    assertEquals(3, status.at("/swarm/sites/0/peers/visitors").asInt());
    assertEquals("", status.at("/swarm/problem").asText());
  }

  @Test
  void withoutTheSignallingServerTheStatusSaysSo() throws Exception {
    signalling.stop(0);
    JsonNode status = status();
    assertTrue(status.at("/swarm/problem").asText().contains("does not answer"));
    assertTrue(status.at("/swarm/sites").isEmpty());
  }

  private JsonNode status() throws Exception {
    HttpResponse<String> response = get("/api/status");
    assertEquals(200, response.statusCode());
    return new ObjectMapper().readTree(response.body());
  }

  private HttpResponse<String> get(String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin.address().getPort() + path))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
