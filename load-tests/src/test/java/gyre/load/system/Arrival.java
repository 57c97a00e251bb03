package gyre.load.system;

import gyre.load.process.Await;
import gyre.load.process.RunningGyre;
import gyre.load.visitor.Visitor;
import java.time.Duration;

/**
 * Visitors who have arrived: at the site's first page, registered, with the service worker in
 * charge.
 */
final class Arrival {
  private static final Duration SOON = Duration.ofSeconds(30);

  private Arrival() {}

  static Visitor at(RunningGyre gyre) {
    Visitor visitor = Visitor.arriveAt(gyre.address());
    try {
      visitor.open("/");
      settled(visitor);
      return visitor;
    } catch (RuntimeException e) {
      visitor.close();
      throw e;
    }
  }

  /** Waits until the page that it looks at is a peer. */
  static void settled(Visitor visitor) {
    Await.until("the visitor is registered", SOON, () -> visitor.peerId().isPresent());
    Await.until("the service worker is in charge", SOON, visitor::isControlled);
  }
}
