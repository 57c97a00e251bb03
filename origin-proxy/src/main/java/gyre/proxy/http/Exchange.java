package gyre.proxy.http;

import gyre.proxy.message.Body;
import gyre.proxy.message.QueuedBody;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Future;

/** One request on a connection and how far it has come. Owned by the event loop. */
final class Exchange {
  private final RequestHead head;
  private final Optional<QueuedBody> body;
  private Optional<Future<?>> serving = Optional.empty();
  private volatile Optional<Parsed.Malformed> broken = Optional.empty();
  private boolean requestEnded;
  private boolean responded;
  private boolean hasRoom = true;
  private boolean continueOwed;

  /** Whose connection it is. Both calls come from the thread that reads the request's body. */
  interface Owner {
    /** There is room for more of the body, or its reader waits. */
    void bodyWanted(Exchange exchange);

    /** Nobody wants the rest of the body. */
    void bodyAbandoned(Exchange exchange);
  }

  Exchange(RequestHead head, FrontLimits limits, Owner owner) {
    this.head = head;
    QueuedBody.Feed feed = feed(owner);
    this.body =
        switch (head.framing()) {
          case Framing.None none -> Optional.empty();
          case Framing.Length length ->
              Optional.of(queue(OptionalLong.of(length.bytes()), limits, feed));
          case Framing.Chunked chunked -> Optional.of(queue(OptionalLong.empty(), limits, feed));
        };
    this.continueOwed = head.expectsContinue() && body.isPresent();
  }

  private QueuedBody.Feed feed(Owner owner) {
    return new QueuedBody.Feed() {
      @Override
      public void wanted() {
        owner.bodyWanted(Exchange.this);
      }

      @Override
      public void abandoned() {
        owner.bodyAbandoned(Exchange.this);
      }
    };
  }

  private static QueuedBody queue(OptionalLong length, FrontLimits limits, QueuedBody.Feed feed) {
    return new QueuedBody(length, limits.queuedBytes(), limits.betweenPieces(), feed);
  }

  RequestHead head() {
    return head;
  }

  Body body() {
    return body.isPresent() ? body.get() : Body.EMPTY;
  }

  /** Takes a piece of the request's body over. */
  void content(ByteBuf piece) {
    continueOwed = false;
    if (body.isPresent()) {
      hasRoom = body.get().offer(piece.nioBuffer(), piece::release);
    } else {
      piece.release();
    }
  }

  void requestEnded() {
    requestEnded = true;
    body.ifPresent(QueuedBody::end);
  }

  boolean hasRequestEnded() {
    return requestEnded;
  }

  boolean hasRoom() {
    return hasRoom;
  }

  void roomAgain() {
    hasRoom = true;
  }

  /** True once, when the client waits for 100 (RFC 9110, 10.1.1). */
  boolean takeContinue() {
    boolean owed = continueOwed && !responded;
    continueOwed = false;
    return owed;
  }

  /** A head was written, or is about to be. */
  void responded() {
    responded = true;
  }

  boolean hasResponded() {
    return responded;
  }

  void servedBy(Future<?> task) {
    serving = Optional.of(task);
  }

  /** The rest of the request cannot be read; whoever pulls its body learns it. */
  void broke(Parsed.Malformed reason) {
    broken = Optional.of(reason);
    body.ifPresent(queue -> queue.fail(new IOException(reason.reason())));
  }

  /** Any thread. */
  Optional<Parsed.Malformed> broken() {
    return broken;
  }

  /** Releases what was not read of the request's body. */
  void close() {
    body.ifPresent(QueuedBody::close);
  }

  /** The client has left. */
  void cancel(IOException reason) {
    body.ifPresent(queue -> queue.fail(reason));
    serving.ifPresent(task -> task.cancel(true));
  }
}
