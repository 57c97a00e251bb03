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

  /** HTTP/2: with TLS as {@link Tls}, or from the first byte on (RFC 9113, 3.3). */
  record H2(String host, int port, boolean isSecure) implements Endpoint {
    @Override
    public String toString() {
      return (isSecure ? "h2://" : "h2c://") + host + ":" + port;
    }
  }

  record Unix(Path socket) implements Endpoint {
    @Override
    public String toString() {
      return "unix:" + socket;
    }
  }

  /** Of an http://, https:// or h2c:// address. */
  static Endpoint of(URI address) {
    return of(address, false);
  }

  /** {@code h2}: HTTP/2 also where the address does not say so. */
  static Endpoint of(URI address, boolean h2) {
    boolean secure = "https".equals(address.getScheme());
    String host = address.getHost().replaceAll("[\\[\\]]", "");
    int port = address.getPort() >= 0 ? address.getPort() : secure ? 443 : 80;
    if (h2 || "h2c".equals(address.getScheme())) {
      return new H2(host, port, secure);
    }
    return secure ? new Tls(host, port) : new Tcp(host, port);
  }
}
