package gyre.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import gyre.proxy.certificate.acme.Pebble;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A site's server that answers {@code site /path}, and the configuration of a proxy before it. */
final class AcmeSite implements AutoCloseable {
  private final HttpServer server;
  private final List<String> asked = new CopyOnWriteArrayList<>();

  AcmeSite() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          byte[] body = ("site " + exchange.getRequestURI()).getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  /** Targets of the requests that reached it. */
  List<String> asked() {
    return List.copyOf(asked);
  }

  /** {@code more}: further lines. A site of its own for each host. */
  String yaml(Pebble pebble, String challenge, String more, String... hosts) {
    StringBuilder sites = new StringBuilder();
    for (String host : hosts) {
      sites.append(
          "  - { id: s-%s, hosts: [%s], upstreams: ['http://127.0.0.1:%d'] }\n"
              .formatted(host.replace('.', '-'), host, server.getAddress().getPort()));
    }
    return """
        listen: 127.0.0.1:%d
        tls:
          listen: 127.0.0.1:%d
          acme: { directory: '%s', ca: '%s', terms-agreed: true, challenges: [%s] }
        %s
        sites:
        %s
        """
        .formatted(
            pebble.httpPort(),
            pebble.tlsPort(),
            pebble.directory(),
            pebble.ca(),
            challenge,
            more,
            sites);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
