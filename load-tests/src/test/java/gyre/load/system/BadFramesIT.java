package gyre.load.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.load.process.RunningGyre;
import gyre.load.process.Setup;
import gyre.load.site.DemoSite;
import gyre.wire.Limits;
import gyre.wire.RefusalCode;
import gyre.wire.ServerMessage;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever speaks badly to the signalling server is told why, and nobody else notices. */
class BadFramesIT {
  private static final Opened OPENED = new Opened();

  @TempDir static Path folder;
  private static RunningGyre gyre;
  private StrangeLine bystander;

  @BeforeAll
  static void start() throws IOException {
    DemoSite site = OPENED.add(DemoSite.start());
    gyre = OPENED.add(RunningGyre.start(Setup.of(folder, site.address())));
  }

  @AfterAll
  static void stop() {
    OPENED.close();
  }

  @BeforeEach
  void somebodyIsServed() throws InterruptedException {
    bystander = admitted();
  }

  @AfterEach
  void andStillIs() throws InterruptedException {
    try (StrangeLine line = bystander) {
      assertTrue(line.isServed());
      assertEquals(200, gyre.get("/").statusCode());
    }
  }

  private static StrangeLine admitted() throws InterruptedException {
    StrangeLine line = StrangeLine.to(gyre);
    try {
      line.hello(StrangeLine.visitorToken(gyre));
      assertInstanceOf(ServerMessage.Welcome.class, line.hear());
      return line;
    } catch (RuntimeException | Error | InterruptedException e) {
      line.close();
      throw e;
    }
  }

  private static void assertRefused(RefusalCode code, String what, StrangeLine line)
      throws Exception {
    ServerMessage.Refused refused =
        line.refusal().orElseThrow(() -> new AssertionError("it does not say why"));
    assertEquals(code, refused.code(), refused::toString);
    assertTrue(refused.reason().contains(what), refused::toString);
    assertEquals(1, refused.reason().lines().count(), refused::toString);
  }

  @Test
  void aBrokenFrameIsRefusedWithItsReason() throws Exception {
    try (StrangeLine line = admitted()) {
      line.say(new byte[] {(byte) 0x93, 5, (byte) 0xc1});
      assertRefused(RefusalCode.MALFORMED, "byte", line);
    }
  }

  @Test
  void anOversizedFrameEndsItsConnection() throws Exception {
    try (StrangeLine line = admitted()) {
      line.sayTooMuch(new byte[Limits.SIGNALLING_FRAME + 1]);
      assertEquals(1009, line.closeCode());
    }
  }

  @Test
  void aTokenThatWasAlteredIsRefused() throws Exception {
    byte[] token = StrangeLine.visitorToken(gyre);
    token[token.length - 1] ^= 1;
    try (StrangeLine line = StrangeLine.to(gyre)) {
      line.hello(token);
      assertRefused(RefusalCode.TOKEN, "token", line);
    }
  }

  @Test
  void aTokenThatIsNoneIsRefused() throws Exception {
    try (StrangeLine line = StrangeLine.to(gyre)) {
      line.hello(new byte[] {1, 2, 3});
      assertFalse(line.refusal().orElseThrow().reason().isBlank());
    }
  }
}
