package gyre.proxy.upstream;

import gyre.operations.config.SiteConfig;
import gyre.operations.config.UpstreamConfig;
import gyre.operations.config.UpstreamConfig.Health;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Patience;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks each upstream of a site for a path, again and again, on a virtual thread for each. */
final class HealthChecks implements AutoCloseable {
  private final HttpClient client;
  private final SiteConfig site;
  private final Health health;
  private final SiteServers servers;
  private final boolean isH2;
  private final List<Thread> threads = new ArrayList<>();

  private HealthChecks(HttpClient client, SiteConfig site, Health health, SiteServers servers) {
    this.client = client;
    this.site = site;
    this.health = health;
    this.servers = servers;
    this.isH2 = site.upstream().protocol() == UpstreamConfig.Protocol.H2;
  }

  /** The first check is at once. */
  static HealthChecks start(
      HttpClient client, SiteConfig site, Health health, SiteServers servers) {
    HealthChecks checks = new HealthChecks(client, site, health, servers);
    for (int i = 0; i < site.upstreams().size(); i++) {
      int index = i;
      checks.threads.add(Thread.ofVirtual().name("gyre-health").start(() -> checks.check(index)));
    }
    return checks;
  }

  private void check(int index) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        servers.checked(index, complaint(site.upstreams().get(index)));
        Thread.sleep(health.interval());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<String> complaint(URI server) throws InterruptedException {
    Patience patience = new Patience(Optional.of(health.timeout()), Optional.empty());
    try {
      Response response = client.fetch(Endpoint.of(server, isH2), question(server), patience);
      response.body().close();
      return response.status() >= 200 && response.status() < 400
          ? Optional.empty()
          : Optional.of("its health check answers " + response.status());
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      return Optional.of("its health check fails: " + e.getMessage());
    }
  }

  /** With the Host that visitors use, where the site names one. */
  private Request question(URI server) {
    String first = site.hosts().getFirst();
    String host = first.equals("*") ? server.getAuthority() : first;
    return new Request(
        "GET",
        server.getScheme(),
        host,
        health.path(),
        Headers.of("host", host, "user-agent", "gyre-health-check", "connection", "close"),
        Body.EMPTY,
        InetAddress.getLoopbackAddress());
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
  }
}
