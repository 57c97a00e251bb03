package gyre.proxy.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.exchange.ExchangeEvent;
import gyre.proxy.exchange.Exchanges;
import gyre.proxy.exchange.Side;
import gyre.wire.Bytes;
import gyre.wire.PeerId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InboxesTest {
  private static final PeerId PEER = new PeerId("n1-BBBBBBBBBBBBBBBBBBBBBB");

  private final Exchanges mine = new Exchanges(Side.ANSWERER);
  private final Exchanges theirs = new Exchanges(Side.OFFERER);
  private final ReentrantLock lock = new ReentrantLock();
  private final Inboxes inboxes = new Inboxes(PEER, mine, lock);

  @BeforeEach
  void hold() {
    lock.lock();
  }

  @Test
  void theBodyOfAServedExchangeIsNeitherKeptNorGivenMoreCredit() {
    int exchange = theirs.request("POST", "/.gyre/c/x", List.of());
    theirs.data(exchange, ByteBuffer.allocate(900_000));
    Inbox inbox = inboxes.openServed(exchange);
    int came = 0;
    for (var next = theirs.nextMessage(); next.isPresent(); next = theirs.nextMessage()) {
      for (ExchangeEvent event : mine.receive(next.get())) {
        if (event instanceof ExchangeEvent.Received received) {
          came += received.payload().length();
          inboxes.received(received);
        }
      }
    }
    assertEquals(900_000, came);
    assertEquals(Optional.empty(), inbox.poll());
    assertTrue(mine.nextMessage().isEmpty());
  }

  @Test
  void theBodyOfAnAnswerIsKeptUntilItIsTaken() {
    Inbox inbox = inboxes.open(2);
    Bytes bytes = Bytes.owning(new byte[10]);
    inboxes.received(new ExchangeEvent.Received(2, bytes, false));
    assertEquals(Optional.of(new Piece(bytes, false)), inbox.poll());
  }
}
