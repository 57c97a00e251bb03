package gyre.proxy.http.exchange;

import gyre.proxy.message.Body;
import gyre.proxy.message.Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Pulls a response's body on a virtual thread, for the event loop to send it. */
public record ResponsePull(ByteBufAllocator alloc, Duration patience) {
  /** A body that is shorter leaves at once, as one from memory does. */
  private static final int WHOLE = 16 << 10;

  /**
   * {@code whole} is told of a response that needs no further pulling; else {@code begun} of one
   * that does, and {@code filled} whenever its outbox has changed. Closes the body.
   */
  public void run(
      Response response,
      boolean sendsContent,
      Consumer<Response> whole,
      BiConsumer<Response, Outbox> begun,
      Runnable filled)
      throws IOException {
    try (Body body = response.body()) {
      if (!sendsContent) {
        whole.accept(response);
      } else if (body.length().orElse(Long.MAX_VALUE) <= WHOLE) {
        whole.accept(response.withBody(read(body)));
      } else {
        Outbox outbox = new Outbox();
        begun.accept(response, outbox);
        for (var piece = body.next(); piece.isPresent(); piece = body.next()) {
          ByteBuf copy = alloc.buffer(piece.get().remaining()).writeBytes(piece.get());
          outbox.put(copy, filled, patience);
        }
        outbox.end(body.trailers());
        filled.run();
      }
    }
  }

  private static Body read(Body body) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(WHOLE);
    for (var piece = body.next(); piece.isPresent(); piece = body.next()) {
      all.put(piece.get());
    }
    return Body.of(all.flip());
  }
}
