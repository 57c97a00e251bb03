package gyre.proxy.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class QueuedBodyTest {
  private static final int CAPACITY = 64 << 10;

  private final AtomicInteger released = new AtomicInteger();
  private final AtomicInteger wanted = new AtomicInteger();
  private final QueuedBody body =
      new QueuedBody(
          OptionalLong.empty(),
          CAPACITY,
          Duration.ofSeconds(5),
          new QueuedBody.Feed() {
            @Override
            public void wanted() {
              wanted.incrementAndGet();
            }

            @Override
            public void abandoned() {}
          });

  private boolean offer(int size) {
    return body.offer(ByteBuffer.allocate(size), released::incrementAndGet);
  }

  @Test
  void piecesOfOneByteFillItAsTheMemoryTheyTake() {
    int taken = 1;
    while (offer(1)) {
      taken++;
    }
    assertTrue(taken <= CAPACITY / 256, taken + " pieces of one byte");
  }

  @Test
  void largePiecesFillItByTheirBytes() {
    assertTrue(offer(CAPACITY / 2));
    assertEquals(false, offer(CAPACITY / 2));
  }

  @Test
  void whatWasReadMakesRoomAgain() throws Exception {
    int taken = 1;
    while (offer(1)) {
      taken++;
    }
    for (int i = 0; i < taken / 2; i++) {
      assertEquals(1, body.next().orElseThrow().remaining());
    }
    assertEquals(0, wanted.get());
    body.next();
    body.next();
    assertEquals(1, wanted.get());
    assertTrue(offer(1));
    body.close();
    assertEquals(taken + 1, released.get());
  }
}
