package gyre.load.replay;

import gyre.wire.ClientMessage;
import gyre.wire.Limits;
import gyre.wire.PeerId;
import gyre.wire.ServerMessage;
import gyre.wire.codec.ClientMessageCodec;
import gyre.wire.codec.DecodeException;
import gyre.wire.codec.ServerMessageCodec;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.handshake.ServerHandshake;

/**
 * A visitor's line to the signalling server. Callers block for answers, within a deadline; the
 * library's threads only complete futures.
 */
final class SignallingLine implements AutoCloseable {
  private final Duration deadline;
  private final Socket socket;
  private final CompletableFuture<ServerMessage.Welcome> welcome = new CompletableFuture<>();
  private final Map<Long, CompletableFuture<ServerMessage.Located>> asked =
      new ConcurrentHashMap<>();
  private final AtomicLong requests = new AtomicLong();

  private SignallingLine(URI address, Duration deadline) {
    this.deadline = deadline;
    this.socket = new Socket(address);
  }

  /** Connects and says hello; blocks until the welcome. */
  static SignallingLine open(URI address, ClientMessage.Hello hello, Duration deadline)
      throws IOException, InterruptedException {
    SignallingLine line = new SignallingLine(address, deadline);
    try {
      if (!line.socket.connectBlocking(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException(
            "no connection to " + address + " within " + deadline.toMillis() + " ms");
      }
      line.send(hello);
      line.await(line.welcome, "welcome");
      return line;
    } catch (IOException | InterruptedException e) {
      line.close();
      throw e;
    }
  }

  PeerId peer() {
    return welcome.join().peer();
  }

  /** Who holds this resource, and its manifest. */
  ServerMessage.Located locate(String resource) throws IOException, InterruptedException {
    long request = requests.incrementAndGet();
    CompletableFuture<ServerMessage.Located> answer = new CompletableFuture<>();
    asked.put(request, answer);
    try {
      send(new ClientMessage.Locate(request, List.of(resource), List.of(), List.of()));
      return await(answer, "located");
    } finally {
      asked.remove(request);
    }
  }

  void send(ClientMessage message) throws IOException {
    if (!socket.isOpen()) {
      throw new IOException("the signalling server closed the connection");
    }
    socket.send(ClientMessageCodec.encode(message));
  }

  private <T> T await(CompletableFuture<T> future, String what)
      throws IOException, InterruptedException {
    try {
      return future.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no " + what + " within " + deadline.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw new IOException("no " + what + ": " + e.getCause().getMessage(), e);
    }
  }

  private void receive(ServerMessage message) {
    switch (message) {
      case ServerMessage.Welcome welcomed -> welcome.complete(welcomed);
      case ServerMessage.Located located -> {
        CompletableFuture<ServerMessage.Located> answer = asked.get(located.request());
        if (answer != null) {
          answer.complete(located);
        }
      }
      case ServerMessage.Refused refused -> fail(refused.code() + ": " + refused.reason());
      case ServerMessage.GoAway _ -> fail("the signalling server is going away");
      case ServerMessage.Challenge _ -> fail("a visitor was challenged");
      case ServerMessage.Relayed _, ServerMessage.Hint _, ServerMessage.Pong _ -> {
        // A simulated visitor opens no connections and needs no hints.
      }
    }
  }

  private void fail(String reason) {
    IOException failure = new IOException(reason);
    welcome.completeExceptionally(failure);
    asked.values().forEach(answer -> answer.completeExceptionally(failure));
  }

  @Override
  public void close() {
    socket.close();
  }

  /** The library's side: decodes and hands on. */
  private final class Socket extends WebSocketClient {
    Socket(URI address) {
      super(address, new Draft_6455(List.of(), Limits.SIGNALLING_FRAME));
      setTcpNoDelay(true);
      setConnectionLostTimeout(0);
      setDaemon(true);
    }

    @Override
    public void onOpen(ServerHandshake handshake) {}

    @Override
    public void onMessage(String text) {
      fail("a text frame from the signalling server");
    }

    @Override
    public void onMessage(ByteBuffer frame) {
      try {
        ServerMessageCodec.decode(frame).ifPresent(SignallingLine.this::receive);
      } catch (DecodeException e) {
        fail(e.getMessage());
      }
    }

    @Override
    public void onClose(int code, String reason, boolean remote) {
      fail("closed with " + code + " " + reason);
    }

    @Override
    public void onError(Exception failure) {
      fail(failure.toString());
    }
  }
}
