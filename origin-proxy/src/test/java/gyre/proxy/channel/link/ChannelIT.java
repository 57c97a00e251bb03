package gyre.proxy.channel.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.IceConfig;
import gyre.proxy.channel.Channel;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two real channel children that talk to each other over loopback. */
@Timeout(120)
class ChannelIT {
  private static final IceConfig ICE = new IceConfig(List.of(), IceConfig.Loopback.AUTO);

  private final ChannelSupervisor one = supervisor(ChildLimits.DEFAULT);
  private final ChannelSupervisor other = supervisor(ChildLimits.DEFAULT);

  /**
   * Without a route libwebrtc finds no local candidate to tell (a browser needs none of ours, two
   * children do). This JVM has a network namespace of its own.
   */
  @BeforeAll
  static void routeToLoopback() throws Exception {
    assertEquals(
        0,
        new ProcessBuilder("ip", "route", "replace", "default", "dev", "lo", "src", "127.0.0.1")
            .inheritIO()
            .start()
            .waitFor());
  }

  private static ChannelSupervisor supervisor(ChildLimits limits) {
    ChannelSupervisor supervisor = new ChannelSupervisor(ICE, limits, InstantSource.system());
    supervisor.start();
    return supervisor;
  }

  @AfterEach
  void close() {
    one.close();
    other.close();
  }

  @Test
  void messagesArriveWholeAndInOrder() throws InterruptedException {
    Pair pair = Pair.connect(one, other);
    for (int i = 0; i < 500; i++) {
      pair.offerer.send(message(i, i % 3 == 0 ? 131_072 : 100));
    }
    for (int i = 0; i < 500; i++) {
      assertEquals(message(i, i % 3 == 0 ? 131_072 : 100), next(pair.answerer));
    }
    pair.answerer.send(message(7, 20));
    assertEquals(message(7, 20), next(pair.offerer));
  }

  @Test
  void closingOneEndIsToldToTheOther() throws Exception {
    Pair pair = Pair.connect(one, other);
    pair.offerer.channel.join().close();
    assertEquals("closed here", pair.offerer.closed.get(20, TimeUnit.SECONDS));
    assertTrue(pair.answerer.closed.get(20, TimeUnit.SECONDS).contains("closed"));
  }

  @Test
  void nonsenseFromAPeerClosesItsConnectionAndNoOther() throws Exception {
    Pair good = Pair.connect(one, other);
    long pid = one.pid().orElseThrow();
    Pair.End described = new Pair.End();
    one.open(false, described).orElseThrow().describe("v=nonsense\r\n");
    described.closed.get(20, TimeUnit.SECONDS);
    Channel candidates = good.offerer.channel.join();
    candidates.candidate("candidate:nonsense", "no such", 7);
    good.offerer.send(message(3, 30));
    assertEquals(message(3, 30), next(good.answerer));
    assertEquals(pid, one.pid().orElseThrow());
  }

  @Test
  void aKilledChildClosesItsChannelsAndIsReplaced() throws Exception {
    Pair pair = Pair.connect(one, other);
    long pid = one.pid().orElseThrow();
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    assertTrue(pair.offerer.closed.get(20, TimeUnit.SECONDS).contains("child ended"));
    Pair again = Pair.connect(one, other);
    assertNotEquals(pid, one.pid().orElseThrow());
    again.offerer.send(message(1, 10));
    assertEquals(message(1, 10), next(again.answerer));
  }

  @Test
  void aChildThatHangsIsKilledAndReplaced() throws Exception {
    ChildLimits strict =
        new ChildLimits(
            Duration.ofSeconds(30),
            Duration.ofMillis(200),
            Duration.ofSeconds(3),
            500_000,
            Duration.ofSeconds(5));
    try (ChannelSupervisor watched = supervisor(strict)) {
      Pair pair = Pair.connect(watched, other);
      long pid = watched.pid().orElseThrow();
      assertEquals(0, new ProcessBuilder("kill", "-STOP", Long.toString(pid)).start().waitFor());
      assertTrue(pair.offerer.closed.get(30, TimeUnit.SECONDS).contains("child ended"));
      Pair.connect(watched, other);
      assertNotEquals(pid, watched.pid().orElseThrow());
    }
  }

  @Test
  void aChildThatReceivedItsShareIsReplacedWhileItsChannelsGoOn() throws Exception {
    ChildLimits few =
        new ChildLimits(
            Duration.ofSeconds(30),
            Duration.ofMillis(200),
            Duration.ofSeconds(10),
            100,
            Duration.ofMinutes(1));
    try (ChannelSupervisor recycled = supervisor(few)) {
      Pair old = Pair.connect(other, recycled);
      long pid = recycled.pid().orElseThrow();
      for (int i = 0; i < 200; i++) {
        old.offerer.send(message(i, 10));
      }
      assertTrue(old.answerer.retired.tryAcquire(30, TimeUnit.SECONDS), "told to begin no more");
      assertNotEquals(pid, recycled.pid().orElseThrow());
      old.offerer.send(message(200, 10));
      for (int i = 0; i <= 200; i++) {
        assertEquals(message(i, 10), next(old.answerer));
      }
      old.answerer.channel.join().close();
      assertTrue(
          ProcessHandle.of(pid)
              .map(ProcessHandle::onExit)
              .map(exit -> exit.orTimeout(20, TimeUnit.SECONDS).isCompletedExceptionally())
              .filter(late -> late)
              .isEmpty());
    }
  }

  private static ByteBuffer message(int number, int length) {
    ByteBuffer message = ByteBuffer.allocate(length);
    while (message.remaining() >= Integer.BYTES) {
      message.putInt(number + message.position());
    }
    return message.clear();
  }

  private static ByteBuffer next(Pair.End end) throws InterruptedException {
    ByteBuffer message = end.messages.poll(20, TimeUnit.SECONDS);
    return message == null ? ByteBuffer.allocate(0) : message;
  }
}
