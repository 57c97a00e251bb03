package gyre.signalling.session;

import gyre.signalling.admission.Allowance;
import gyre.wire.RefusalCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketAdapter;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.WebSocketServerFactory;
import org.java_websocket.drafts.Draft;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.handshake.ServerHandshakeBuilder;
import org.java_websocket.server.WebSocketServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The library's server with its gaps closed: a channel per connection that counts and limits, caps
 * in all and per address, no unbounded fragments, no reply to pings without bound.
 *
 * <p>A connection over the cap is accepted and dropped at once: refusing it in {@code onConnect}
 * would cancel the listener's own key, and running out of descriptors in {@code accept} would close
 * the listener.
 */
final class Endpoint extends WebSocketServer {
  private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);

  private final Callers callers;
  private final Services services;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

  /** The channel is bound. */
  Endpoint(ServerSocketChannel bound, Callers callers, Services services) {
    super(bound);
    this.callers = callers;
    this.services = services;
    setReuseAddr(true);
    setTcpNoDelay(true);
    setConnectionLostTimeout(0);
    setWebSocketFactory(new Sockets());
  }

  /** Checks every deadline; for the watchdog. */
  void check(Instant now, Deadlines deadlines) {
    connections.removeIf(Connection::isGone);
    for (Connection connection : connections) {
      connection.check(now, deadlines);
    }
  }

  private static Connection of(WebSocket socket) {
    return socket.<Connection>getAttachment();
  }

  @Override
  public ServerHandshakeBuilder onWebsocketHandshakeReceivedAsServer(
      WebSocket socket, Draft draft, ClientHandshake request) throws InvalidDataException {
    if (!of(socket).identify(request.getFieldValue("X-Forwarded-For"))) {
      services.meters().cut(Meters.Cut.TOO_MANY);
      throw new InvalidDataException(CloseFrame.TRY_AGAIN_LATER, "too many connections");
    }
    return super.onWebsocketHandshakeReceivedAsServer(socket, draft, request);
  }

  @Override
  public void onOpen(WebSocket socket, ClientHandshake handshake) {
    of(socket).channel().opened();
  }

  @Override
  public void onMessage(WebSocket socket, ByteBuffer message) {
    of(socket).conversation().received(message);
  }

  @Override
  public void onMessage(WebSocket socket, String message) {
    of(socket).conversation().refuse(RefusalCode.MALFORMED, "frames are binary here, not text");
  }

  @Override
  public void onWebsocketPing(WebSocket socket, Framedata ping) {
    of(socket).answer(ping, Allowance.STRANGER.outbound());
  }

  @Override
  public void onClose(WebSocket socket, int code, String reason, boolean remote) {
    of(socket).closed();
  }

  @Override
  public void onError(WebSocket socket, Exception failure) {
    if (socket == null) {
      LOG.error("the listener failed", failure);
    } else {
      LOG.debug("a connection failed: {}", failure.toString());
    }
  }

  @Override
  public void onStart() {
    LOG.debug("listening at {}", getAddress());
  }

  /** Makes the library's sockets with our draft and our channel. Called by the selector. */
  private final class Sockets implements WebSocketServerFactory {
    @Override
    public WebSocketImpl createWebSocket(WebSocketAdapter adapter, Draft draft) {
      return new WebSocketImpl(adapter, List.of(new GuardedDraft()));
    }

    @Override
    public WebSocketImpl createWebSocket(WebSocketAdapter adapter, List<Draft> drafts) {
      return new WebSocketImpl(adapter, List.of(new GuardedDraft()));
    }

    @Override
    public ByteChannel wrapChannel(SocketChannel channel, SelectionKey key) throws IOException {
      WebSocketImpl socket = (WebSocketImpl) key.attachment();
      Connection connection = new Connection(socket, channel, callers, services);
      if (!connection.enter()) {
        services.meters().cut(Meters.Cut.TOO_MANY);
        throw new IOException("too many connections");
      }
      socket.setAttachment(connection);
      connections.add(connection);
      return connection.channel();
    }

    @Override
    public void close() {
      // Nothing is held here.
    }
  }
}
