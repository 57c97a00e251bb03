package gyre.proxy.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessLinesTest {

  @Test
  void whatAProcessSaysBeforeItStartedIsOneLine() throws InterruptedException {
    assertEquals("SyntaxError at app.js:2", heldBack("SyntaxError\n\n  at app.js:2\n"));
  }

  @Test
  void aLineWithoutEndIsCut() throws InterruptedException {
    assertEquals(ProcessLines.LONGEST, heldBack("x".repeat(1 << 20)).length());
  }

  @Test
  void manyLinesAreHeldBackOnlyInPart() throws InterruptedException {
    assertTrue(heldBack("x\n".repeat(100_000)).length() < 100);
  }

  @Test
  void controlCharactersDoNotReachTheLog() throws InterruptedException {
    assertEquals("a [31mb", heldBack("a\u001b[31mb"));
  }

  private static String heldBack(String output) throws InterruptedException {
    ProcessLines lines = new ProcessLines("search");
    Thread copying =
        lines.follow(new ByteArrayInputStream(output.getBytes(StandardCharsets.UTF_8)));
    assertTrue(copying.join(Duration.ofSeconds(10)));
    return lines.heldBack();
  }
}
