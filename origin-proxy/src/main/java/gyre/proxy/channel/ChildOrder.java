package gyre.proxy.channel;

import gyre.wire.Bytes;
import java.util.List;

/** From the proxy to its channel child. Connections are numbered by the proxy and never reused. */
public sealed interface ChildOrder {

  /**
   * The first order, once. {@code loopback}: take candidates from the loopback interface, where no
   * other is up.
   */
  record Configure(boolean loopback, List<IceServer> servers) implements ChildOrder {
    public Configure {
      servers = List.copyOf(servers);
    }
  }

  record Open(int connection, boolean offers) implements ChildOrder {}

  /** The remote description. */
  record Describe(int connection, String sdp) implements ChildOrder {}

  record Candidate(int connection, String candidate, String mid, int line) implements ChildOrder {}

  record Send(int connection, Bytes message) implements ChildOrder {}

  record Close(int connection) implements ChildOrder {}

  /** Answered by the thread that owns the connections: silence means that it hangs. */
  record Ping(int nonce) implements ChildOrder {}
}
