package gyre.load.benchmark;

/**
 * One kind of request that servers compete in. {@code target}: origin-proxy's CPU per answer over
 * nginx's that it may reach.
 */
record Discipline(String name, String path, Protocol protocol, double target) {

  /** How the answers travel. */
  enum Protocol {
    HTTP_1("HTTP/1.1 in cleartext"),
    HTTP_2("HTTP/2 over TLS 1.3");

    private final String text;

    Protocol(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Whether the upstream is asked for each answer. */
  boolean isProxied() {
    return path.startsWith(Nginx.PROXIED);
  }
}
