package gyre.proxy.http.h1;

import gyre.proxy.http.exchange.Front;
import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.transport.Deadline;
import io.netty.channel.EventLoop;
import java.time.Duration;

/**
 * The one deadline of a connection, for whatever is waited for: a head, the socket, the next
 * request, the client's last bytes. Owned by the event loop.
 */
final class Watch {
  private static final Duration LINGER = Duration.ofSeconds(1);

  /** For a client that has not heard yet that the connection is to close. */
  private static final Duration LAST_REQUEST = Duration.ofSeconds(1);

  private final Front front;
  private final Deadline deadline;
  private boolean headBegun;

  /** {@code expired} is run once what is waited for did not come in time. */
  Watch(Front front, EventLoop loop, Runnable expired) {
    this.front = front;
    this.deadline = new Deadline(loop, expired);
  }

  /** As they are now: a reload may have changed them. */
  private FrontLimits.Times times() {
    return front.limits().times();
  }

  /** The first request is to come. */
  void opened() {
    deadline.set(times().head());
  }

  /** Bytes of a head are there: it must be whole in time, however they trickle. */
  void headComes() {
    if (!headBegun) {
      headBegun = true;
      deadline.set(times().head());
    }
  }

  boolean isInsideHead() {
    return headBegun;
  }

  void headCame() {
    deadline.clear();
    headBegun = false;
  }

  /** The rest of an answer waits for the socket. */
  void answerWaits() {
    deadline.set(times().betweenPieces());
  }

  /** The rest of an answer is still to come, which is not the client's fault. */
  void answerIsAwaited() {
    deadline.clear();
  }

  /** The next request may come. */
  void idle() {
    deadline.set(times().idle());
  }

  /** One that is on its way may still come. */
  void lastRequest() {
    deadline.set(LAST_REQUEST);
  }

  /** The last answer is to be written. */
  void closes() {
    deadline.set(times().betweenPieces());
  }

  /** It is written; what the client still sends is read for a moment. */
  void lingers() {
    deadline.set(LINGER);
  }

  void end() {
    deadline.end();
  }
}
