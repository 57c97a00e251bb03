package gyre.load.system;

import com.fasterxml.jackson.databind.ObjectMapper;
import gyre.load.process.RunningGyre;
import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.Limits;
import gyre.wire.ServerMessage;
import gyre.wire.codec.ClientMessageCodec;
import gyre.wire.codec.DecodeException;
import gyre.wire.codec.ServerMessageCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A line to the signalling server, through origin-proxy's tunnel as a visitor's, that can also say
 * what no visitor would. Used by one thread; the library's threads only enqueue what comes in.
 */
final class StrangeLine implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final BlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final WebSocket socket;

  private StrangeLine(URI address) {
    socket = client.newWebSocketBuilder().buildAsync(address, new Listener()).join();
  }

  static StrangeLine to(RunningGyre gyre) {
    return new StrangeLine(URI.create("ws://" + gyre.address().getAuthority() + "/.gyre/signal"));
  }

  private final class Listener implements WebSocket.Listener {
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();

    @Override
    public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
      byte[] part = new byte[data.remaining()];
      data.get(part);
      message.writeBytes(part);
      if (last) {
        heard.add(message.toByteArray());
        message.reset();
      }
      webSocket.request(1);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
      closed.complete(statusCode);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
      closed.complete(0);
    }
  }

  /** A token as the site's pages get one. */
  static byte[] visitorToken(RunningGyre gyre) {
    try {
      String token = JSON.readTree(gyre.get("/.gyre/session").body()).path("token").asText();
      return Base64.getUrlDecoder().decode(token);
    } catch (IOException e) {
      throw new UncheckedIOException("the session is not JSON", e);
    }
  }

  void hello(byte[] token) {
    say(
        ClientMessageCodec.encode(
            new ClientMessage.Hello(
                Limits.PROTOCOL_VERSION,
                Bytes.owning(token.clone()),
                Bytes.EMPTY,
                "",
                ClientMessage.SERVES)));
  }

  void say(byte[] message) {
    socket.sendBinary(ByteBuffer.wrap(message), true).join();
  }

  /** The server may end the connection before it was sent to its end: that is no failure. */
  void sayTooMuch(byte[] message) {
    socket.sendBinary(ByteBuffer.wrap(message), true).exceptionally(cutOff -> socket).join();
  }

  /** The next message; an AssertionError where none comes. */
  ServerMessage hear() throws InterruptedException {
    byte[] message = heard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (message == null) {
      throw new AssertionError("the server said nothing; closed: " + closed);
    }
    try {
      return ServerMessageCodec.decode(ByteBuffer.wrap(message)).orElseThrow();
    } catch (DecodeException e) {
      throw new AssertionError("the server said what is no message", e);
    }
  }

  /** The last word of the server, where it refuses before it ends the connection. */
  Optional<ServerMessage.Refused> refusal() throws Exception {
    closed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    Optional<ServerMessage.Refused> refused = Optional.empty();
    while (!heard.isEmpty()) {
      refused = hear() instanceof ServerMessage.Refused last ? Optional.of(last) : refused;
    }
    return refused;
  }

  /** Whether it is served: a ping comes back. */
  boolean isServed() throws InterruptedException {
    say(ClientMessageCodec.encode(new ClientMessage.Ping(7)));
    ServerMessage answer = hear();
    while (!(answer instanceof ServerMessage.Pong)) {
      answer = hear();
    }
    return true;
  }

  /** The WebSocket close code, once the server has ended it. */
  int closeCode() throws Exception {
    return closed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    socket.abort();
    client.shutdownNow();
  }
}
