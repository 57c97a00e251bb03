package gyre.proxy.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.wire.CancelCode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Two ends of a channel under a seeded schedule: stalls, readers that are slow to take in, cancels,
 * and in one property corruption.
 */
class ExchangePairTest {

  /** One end, with what it sent and took in so far. */
  private static final class End {
    private final Exchanges exchanges;
    private final Deque<byte[]> arriving = new ArrayDeque<>();
    private final Map<Integer, ByteArrayOutputStream> bodies = new HashMap<>();
    private final Map<Integer, Long> untaken = new HashMap<>();
    private final Map<Integer, Boolean> ended = new HashMap<>();
    private boolean broken;

    End(Side side) {
      this.exchanges = new Exchanges(side);
    }

    void take(Random random, End other) {
      if (!arriving.isEmpty()) {
        exchanges.receive(ByteBuffer.wrap(arriving.remove())).forEach(this::apply);
      }
      if (random.nextInt(4) == 0) {
        untaken.forEach(exchanges::consumed);
        untaken.clear();
      }
      Optional<ByteBuffer> message = exchanges.nextMessage();
      if (message.isPresent()) {
        byte[] copy = new byte[message.get().remaining()];
        message.get().get(copy);
        other.arriving.add(copy);
      }
    }

    private void apply(ExchangeEvent event) {
      switch (event) {
        case ExchangeEvent.Requested requested -> {
          exchanges.respond(requested.exchange(), 200, List.of());
          exchanges.data(requested.exchange(), ByteBuffer.wrap(body(requested.target())));
          exchanges.end(requested.exchange());
        }
        case ExchangeEvent.Responded responded ->
            bodies.put(responded.exchange(), new ByteArrayOutputStream());
        case ExchangeEvent.Received received -> {
          bodies.get(received.exchange()).writeBytes(received.payload().toArray());
          untaken.merge(received.exchange(), (long) received.payload().length(), Long::sum);
        }
        case ExchangeEvent.Ended end -> ended.put(end.exchange(), true);
        case ExchangeEvent.Cancelled _ -> {}
        case ExchangeEvent.Broken _ -> broken = true;
      }
    }
  }

  /** A body whose length and content follow from the target. */
  private static byte[] body(String target) {
    Random random = new Random(target.hashCode());
    byte[] body = new byte[random.nextInt(random.nextBoolean() ? 300 : 3_000_000)];
    random.nextBytes(body);
    return body;
  }

  @Property(tries = 40)
  void everyBodyArrivesWholeWhateverTheSchedule(@ForAll long seed) {
    Random random = new Random(seed);
    End one = new End(Side.OFFERER);
    End other = new End(Side.ANSWERER);
    Map<Integer, String> asked = new HashMap<>();
    for (int i = 0; i < 8; i++) {
      int exchange = one.exchanges.request("GET", "/" + seed + "/" + i, List.of());
      one.exchanges.end(exchange);
      asked.put(exchange, "/" + seed + "/" + i);
    }
    int cancelled = random.nextBoolean() ? 5 : 0;
    for (int step = 0; step < 100_000 && !isDone(one, asked, cancelled); step++) {
      if (step == 50 && cancelled != 0 && !one.ended.containsKey(cancelled)) {
        one.exchanges.cancel(cancelled, CancelCode.NOT_WANTED, "test");
      }
      // A stall: one end stands still while the other goes on.
      if (random.nextInt(10) < 7) {
        one.take(random, other);
      }
      if (random.nextInt(10) < 7) {
        other.take(random, one);
      }
    }
    for (Map.Entry<Integer, String> exchange : asked.entrySet()) {
      if (exchange.getKey() != cancelled) {
        assertTrue(one.ended.containsKey(exchange.getKey()), "exchange " + exchange.getKey());
        assertEquals(
            ByteBuffer.wrap(body(exchange.getValue())),
            ByteBuffer.wrap(one.bodies.get(exchange.getKey()).toByteArray()));
      }
    }
  }

  private static boolean isDone(End one, Map<Integer, String> asked, int cancelled) {
    return asked.keySet().stream().allMatch(e -> e == cancelled || one.ended.containsKey(e));
  }

  @Property(tries = 200)
  void corruptionEndsInNamedFailureOrOtherBytesButNeverInAnException(@ForAll long seed) {
    Random random = new Random(seed);
    End one = new End(Side.OFFERER);
    End other = new End(Side.ANSWERER);
    for (int i = 0; i < 4; i++) {
      one.exchanges.end(one.exchanges.request("GET", "/" + i, List.of()));
    }
    for (int step = 0; step < 300; step++) {
      one.take(random, other);
      other.take(random, one);
      byte[] message = one.arriving.peek();
      if (message != null && random.nextInt(10) == 0) {
        message[random.nextInt(message.length)] ^= (byte) (1 << random.nextInt(8));
      }
    }
    assertTrue(one.broken || !one.bodies.isEmpty());
  }
}
