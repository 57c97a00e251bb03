package gyre.proxy.upstream;

import java.net.URI;
import java.nio.file.Path;

/** Where an HTTP server listens. */
public sealed interface Endpoint {
  record Tcp(String host, int port) implements Endpoint {
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /** TLS, with the certificate checked for this host name. */
  record Tls(String host, int port) implements Endpoint {
    @Override
    public String toString() {
      return "https://" + host + ":" + port;
    }
  }

  record Unix(Path socket) implements Endpoint {
    @Override
    public String toString() {
      return "unix:" + socket;
    }
  }

  /** Of an http:// or https:// address. */
  static Endpoint of(URI address) {
    boolean secure = "https".equals(address.getScheme());
    String host = address.getHost().replaceAll("[\\[\\]]", "");
    int port = address.getPort() >= 0 ? address.getPort() : secure ? 443 : 80;
    return secure ? new Tls(host, port) : new Tcp(host, port);
  }
}
