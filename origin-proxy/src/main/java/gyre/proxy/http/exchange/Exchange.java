package gyre.proxy.http.exchange;

import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.HttpVersion;
import gyre.proxy.message.Interim;
import gyre.proxy.message.QueuedBody;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.message.Trailers;
import gyre.proxy.sender.TrustedProxies.Arrival;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalLong;

/** One request on a connection and how far it has come. Owned by the event loop. */
public final class Exchange implements Interim {
  private static final Refusal TOO_SLOW = new Refusal(408, "the body came too slowly");

  private final long began = System.nanoTime();
  private final RequestHead head;
  private final boolean isTls;
  private final Arrival arrival;
  private final Terms terms;
  private final Owner owner;
  private final Pace pace;
  private final Optional<QueuedBody> body;
  private Optional<Runnable> giveUp = Optional.empty();
  private volatile Optional<Refusal> broken = Optional.empty();
  private boolean requestEnded;
  private Optional<Response> response = Optional.empty();
  private boolean isLogged;
  private boolean isAdmitted;
  private boolean hasRoom = true;
  private boolean continueOwed;

  /** Whose connection it is. */
  public interface Owner {
    /** The thread that reads the request's body waits for more of it, or wants no more of it. */
    void bodyHasRoom(Exchange exchange, boolean isAwaited);

    /** Any thread: a response came that is not the final one. */
    void interim(Exchange exchange, int status, Headers headers);
  }

  /** {@code connection}: what its peer and scheme alone say of who sent the request. */
  public Exchange(RequestHead head, Arrival connection, Terms terms, Owner owner) {
    FrontLimits limits = terms.limits();
    this.head = head;
    this.isTls = connection.scheme().equals("https");
    this.arrival = terms.trustedProxies().arrival(connection, head.headers());
    this.terms = terms;
    this.owner = owner;
    this.pace = new Pace(limits.bodies().bytesPerSecond(), limits.times().head());
    this.body =
        switch (head.framing()) {
          case Framing.None _, Framing.Tunnel _ -> Optional.empty();
          case Framing.Length length ->
              Optional.of(queue(OptionalLong.of(length.bytes()), limits, feed()));
          case Framing.Delimited delimited ->
              Optional.of(queue(OptionalLong.empty(), limits, feed()));
        };
    this.continueOwed = head.expectsContinue() && body.isPresent();
  }

  private QueuedBody.Feed feed() {
    return new QueuedBody.Feed() {
      @Override
      public void wanted() {
        owner.bodyHasRoom(Exchange.this, true);
      }

      @Override
      public void abandoned() {
        owner.bodyHasRoom(Exchange.this, false);
      }
    };
  }

  private static QueuedBody queue(OptionalLong length, FrontLimits limits, QueuedBody.Feed feed) {
    return new QueuedBody(length, limits.bodies().queued(), limits.times().betweenPieces(), feed);
  }

  public RequestHead head() {
    return head;
  }

  /** Those it began under; they hold until its end. */
  Terms terms() {
    return terms;
  }

  /** Over TCP, that is: whoever speaks HTTP/3 needs not be told of it. */
  boolean isOverTls() {
    return isTls && head.version() != HttpVersion.HTTP_3;
  }

  /** Who sent it. */
  InetAddress client() {
    return arrival.sender().address();
  }

  Request request() {
    return new Request(
        head.method(),
        arrival.scheme(),
        head.authorityFor(arrival.scheme()),
        head.target(),
        head.headers(),
        body.isPresent() ? body.get() : Body.EMPTY,
        arrival.sender(),
        head.version() == HttpVersion.HTTP_1_0 ? NONE : this,
        head.version());
  }

  @Override
  public void responded(HttpVersion version, int status, Headers headers) {
    owner.interim(this, status, headers);
  }

  /** Takes a piece of the request's body over. */
  public void content(ByteBuf piece) {
    content(piece, piece::release);
  }

  /** The same; {@code release} runs, on any thread, once its bytes are no longer used. */
  public void content(ByteBuf piece, Runnable release) {
    continueOwed = false;
    boolean inTime = pace.received(piece.readableBytes(), System.nanoTime());
    if (body.isPresent()) {
      hasRoom = body.get().offer(piece.nioBuffer(), release);
    } else {
      release.run();
    }
    if (!inTime && broken.isEmpty()) {
      broke(TOO_SLOW);
      requestEnded(Headers.EMPTY);
    }
  }

  /** What came behind the body goes on as far as it may. */
  public void requestEnded(Headers trailers) {
    requestEnded = true;
    body.ifPresent(queue -> queue.end(Trailers.permitted(trailers)));
  }

  public boolean hasRequestEnded() {
    return requestEnded;
  }

  public boolean hasRoom() {
    return hasRoom;
  }

  /** {@code isAwaited}: whoever reads has nothing to read. */
  public void roomAgain(boolean isAwaited) {
    hasRoom = true;
    if (isAwaited) {
      pace.awaited(System.nanoTime());
    }
  }

  /** True once, when the client waits for 100 (RFC 9110, 10.1.1). */
  public boolean takeContinue() {
    boolean owed = continueOwed && response.isEmpty();
    continueOwed = false;
    return owed;
  }

  /** A head was written, or is about to be. */
  public void responded(Response with) {
    response = Optional.of(with);
  }

  /** Empty as long as there is no answer. */
  public Optional<Response> response() {
    return response;
  }

  /** When its head was complete, by {@link System#nanoTime}. */
  long began() {
    return began;
  }

  /** True once: it goes into the access log now. */
  boolean takeLogging() {
    boolean first = !isLogged;
    isLogged = true;
    return first;
  }

  /** What gives up whoever is about to answer. */
  void servedBy(Runnable untilGivenUp) {
    giveUp = Optional.of(untilGivenUp);
  }

  /** The same, where nobody else does by now. */
  void servedUnlessElse(Runnable untilGivenUp) {
    giveUp = giveUp.or(() -> Optional.of(untilGivenUp));
  }

  /** It counts among those that wait for an answer. */
  void admitted() {
    isAdmitted = true;
  }

  /** True once, where it was admitted. */
  boolean takeAdmission() {
    boolean was = isAdmitted;
    isAdmitted = false;
    return was;
  }

  /** The rest of the request cannot be read; whoever pulls its body learns it. */
  public void broke(Refusal reason) {
    broken = Optional.of(reason);
    body.ifPresent(queue -> queue.fail(new IOException(reason.reason())));
  }

  /** Any thread. */
  public Optional<Refusal> broken() {
    return broken;
  }

  /** Releases what was not read of the request's body. */
  public void close() {
    body.ifPresent(QueuedBody::close);
  }

  /** The client has left. */
  public void cancel(IOException reason) {
    body.ifPresent(queue -> queue.fail(reason));
    giveUp.ifPresent(Runnable::run);
  }
}
