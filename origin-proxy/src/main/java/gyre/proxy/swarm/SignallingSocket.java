package gyre.proxy.swarm;

import gyre.wire.ClientMessage;
import gyre.wire.Limits;
import gyre.wire.ServerMessage;
import gyre.wire.codec.ClientMessageCodec;
import gyre.wire.codec.DecodeException;
import gyre.wire.codec.ServerMessageCodec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One WebSocket connection to the signalling server: whole messages in, a bounded queue of messages
 * out, which a virtual thread of its own writes. Its receiver is called by one thread at a time.
 */
final class SignallingSocket implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration SEND = Duration.ofSeconds(10);
  private static final int QUEUE = 2_048;

  private final ArrayBlockingQueue<ClientMessage> outgoing = new ArrayBlockingQueue<>(QUEUE);
  private final CompletableFuture<String> closed = new CompletableFuture<>();
  private final Consumer<ServerMessage> receiver;
  private Optional<WebSocket> socket = Optional.empty();
  private Optional<Thread> writer = Optional.empty();

  SignallingSocket(Consumer<ServerMessage> receiver) {
    this.receiver = receiver;
  }

  /** Connects, waiting so long; the receiver may be called before this returns. */
  void connect(HttpClient client, URI server) throws IOException, InterruptedException {
    CompletableFuture<WebSocket> connecting =
        client.newWebSocketBuilder().connectTimeout(CONNECT).buildAsync(server, new Incoming());
    try {
      WebSocket opened = connecting.get(CONNECT.toMillis(), TimeUnit.MILLISECONDS);
      socket = Optional.of(opened);
      writer = Optional.of(Thread.ofVirtual().name("signalling-writer").start(() -> write(opened)));
    } catch (ExecutionException e) {
      throw new IOException("cannot connect to " + server + ": " + e.getCause(), e);
    } catch (TimeoutException e) {
      connecting.cancel(true);
      throw new IOException("cannot connect to " + server + " within " + CONNECT, e);
    }
  }

  /** Queues a message; a full queue ends the connection, for then the server reads nothing. */
  void send(ClientMessage message) {
    if (!outgoing.offer(message)) {
      end("the signalling server does not read");
    }
  }

  /** Completes with the reason once the connection has ended. */
  CompletableFuture<String> whenClosed() {
    return closed;
  }

  private void write(WebSocket opened) {
    try {
      while (!closed.isDone()) {
        ByteBuffer frame = ByteBuffer.wrap(ClientMessageCodec.encode(outgoing.take()));
        opened.sendBinary(frame, true).get(SEND.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      end("sending failed: " + e);
    }
  }

  private void end(String reason) {
    closed.complete(reason);
    writer.ifPresent(Thread::interrupt);
    socket.ifPresent(WebSocket::abort);
  }

  @Override
  public void close() {
    end("closed here");
  }

  /** Puts frames together, up to the limit, and decodes them. */
  private final class Incoming implements WebSocket.Listener {
    private final ByteBuffer partial = ByteBuffer.allocate(Limits.SIGNALLING_FRAME);

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
      if (data.remaining() > partial.remaining()) {
        end("a message longer than " + Limits.SIGNALLING_FRAME + " bytes");
        return closed;
      }
      partial.put(data);
      if (last) {
        take();
      }
      from.request(1);
      return CompletableFuture.completedFuture(data);
    }

    private void take() {
      try {
        ServerMessageCodec.decode(partial.flip()).ifPresent(receiver);
      } catch (DecodeException e) {
        end("a message that is none: " + e.getMessage());
      }
      partial.clear();
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
      end("closed by the server (" + status + " " + reason + ")");
      return closed;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
      end("broken: " + failure);
    }
  }
}
