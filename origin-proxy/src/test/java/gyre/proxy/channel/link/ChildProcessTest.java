package gyre.proxy.channel.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChildProcessTest {
  private static final int INT = 2;

  @Test
  void anInterruptFromTheTerminalDoesNotEndItButTheEndOfItsProxyDoes() throws Exception {
    try (ChildProcess child = ChildProcess.start("test", Duration.ofSeconds(30))) {
      ProcessHandle process = ProcessHandle.of(child.pid()).orElseThrow();
      assertTrue(ignores(child.pid(), INT));
      assertEquals(
          0, new ProcessBuilder("kill", "-INT", Long.toString(child.pid())).start().waitFor());
      assertTrue(process.isAlive());
      child.socket().close();
      process.onExit().get(20, TimeUnit.SECONDS);
    }
  }

  /** Whether the kernel drops this signal on its way there. */
  private static boolean ignores(long pid, int signal) throws Exception {
    String mask =
        Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .map(line -> line.substring("SigIgn:".length()).strip())
            .findFirst()
            .orElseThrow();
    return (Long.parseUnsignedLong(mask, 16) & 1L << (signal - 1)) != 0;
  }
}
