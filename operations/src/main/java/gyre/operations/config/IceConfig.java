package gyre.operations.config;

import java.util.List;
import java.util.Optional;

/** STUN and TURN servers, and whether the machine's own candidates are taken from loopback. */
public record IceConfig(List<Server> servers, Loopback loopback) {
  public IceConfig {
    servers = List.copyOf(servers);
  }

  public record Server(List<String> urls, Optional<String> username, Optional<String> credential) {
    public Server {
      urls = List.copyOf(urls);
    }
  }

  /** {@code AUTO}: on where no interface but loopback is up. */
  public enum Loopback {
    AUTO,
    ON,
    OFF
  }
}
