package gyre.proxy.upstream;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Idle connections per endpoint, the one used last first. Any thread. A connection that its server
 * closes, or that idles too long, leaves by itself.
 */
final class ConnectionPool implements AutoCloseable {
  private final ClientLimits limits;
  private final Map<Endpoint, Deque<ClientConnection>> idle = new HashMap<>();
  private boolean closed;

  ConnectionPool(ClientLimits limits) {
    this.limits = limits;
  }

  /**
   * A request that cannot be repeated only gets a connection that was used a moment ago: it is
   * unlikely to be dead.
   */
  synchronized Optional<ClientConnection> take(Endpoint endpoint, boolean replayable) {
    Deque<ClientConnection> connections = idle.get(endpoint);
    while (connections != null && !connections.isEmpty()) {
      ClientConnection connection = connections.pop();
      if (!connection.isUsable()) {
        connection.close();
      } else if (replayable || connection.wasUsedJustNow()) {
        return Optional.of(connection);
      } else {
        connections.push(connection);
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** One of this event loop, for a request that can be repeated. */
  synchronized Optional<ClientConnection> takeOn(EventLoop loop, Endpoint endpoint) {
    Deque<ClientConnection> connections = idle.get(endpoint);
    if (connections == null) {
      return Optional.empty();
    }
    for (var each = connections.iterator(); each.hasNext(); ) {
      ClientConnection connection = each.next();
      if (connection.isOn(loop)) {
        each.remove();
        if (connection.isUsable()) {
          return Optional.of(connection);
        }
        connection.close();
      }
    }
    return Optional.empty();
  }

  synchronized void give(ClientConnection connection) {
    Deque<ClientConnection> connections =
        idle.computeIfAbsent(connection.endpoint(), key -> new ArrayDeque<>());
    if (closed || !connection.isUsable() || connections.size() >= limits.idleConnections()) {
      connection.close();
      return;
    }
    connections.push(connection);
    connection.idle(limits.idle(), () -> remove(connection));
  }

  private synchronized void remove(ClientConnection connection) {
    Deque<ClientConnection> connections = idle.get(connection.endpoint());
    if (connections != null && connections.remove(connection) && connections.isEmpty()) {
      idle.remove(connection.endpoint());
    }
  }

  /** Without those to children on this machine. */
  synchronized int size() {
    return idle.entrySet().stream()
        .filter(entry -> !(entry.getKey() instanceof Endpoint.Unix))
        .mapToInt(entry -> entry.getValue().size())
        .sum();
  }

  @Override
  public synchronized void close() {
    closed = true;
    idle.values().forEach(connections -> connections.forEach(ClientConnection::close));
    idle.clear();
  }
}
