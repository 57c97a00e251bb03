package gyre.signalling.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.signalling.directory.Census;
import gyre.signalling.directory.Command;
import gyre.signalling.directory.Directory;
import gyre.signalling.directory.Reply;
import gyre.signalling.relay.Switchboard;
import gyre.wire.Limits;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SwarmThreadTest {
  private static final Command TICK = new Command.Tick();

  private static SwarmThread start(Supplier<List<Reply>> step) {
    Directory directory =
        new Directory() {
          @Override
          public List<Reply> apply(Command command, Instant now) {
            return step.get();
          }

          @Override
          public Census census(Instant now) {
            return new Census(List.of());
          }
        };
    SwarmThread thread = new SwarmThread(directory, new Switchboard(), InstantSource.system());
    thread.start();
    return thread;
  }

  @Test
  void whatWaitsIsBoundedByItsBytes() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (SwarmThread thread =
        start(
            () -> {
              begun.countDown();
              await(goOn);
              return List.of();
            })) {
      thread.submitAlways(TICK);
      assertTrue(begun.await(10, TimeUnit.SECONDS));
      int taken = 0;
      while (thread.submit(TICK, Limits.SIGNALLING_FRAME)) {
        taken++;
      }
      assertEquals((64 << 20) / Limits.SIGNALLING_FRAME, taken);
      assertFalse(thread.submit(TICK, 100));
      thread.submitAlways(TICK); // a leave still finds room
      goOn.countDown();
      ServerFixture.await("room again", () -> thread.submit(TICK, Limits.SIGNALLING_FRAME));
    }
  }

  @Test
  void anErrorEndsItAndItSaysSo() {
    try (SwarmThread thread =
        start(
            () -> {
              throw new AssertionError("as a broken invariant would");
            })) {
      assertTrue(thread.isAlive());
      thread.submit(TICK, 0);
      ServerFixture.await("the end", () -> !thread.isAlive());
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
