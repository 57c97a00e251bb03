package gyre.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gyre.proxy.http.RawClient;
import gyre.proxy.upstream.ScriptedServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A running proxy whose disk has no byte left. */
@Timeout(90)
class FullDiskTest {
  private static final int SIZE = 100_000;
  private static final int RESOURCES = 20;

  @TempDir Path folder;

  @Test
  void answersAllTheSameAndSaysWhatIsWrongOnce() throws Exception {
    try (ScriptedServer site = new ScriptedServer(FullDiskTest::answer);
        RunningProxy proxy = RunningProxy.onSmallDisk(folder, yaml(site.port()), 32);
        RawClient client = new RawClient(proxy.address())) {
      fill(proxy.seen(folder.resolve("data/filler")));
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < RESOURCES; i++) {
          RawClient.Answer answer =
              client.say("GET /" + i + " HTTP/1.1\r\nHost: a.test\r\n\r\n").answer();
          assertEquals(200, answer.status());
          assertEquals(SIZE, answer.body().length());
        }
      }
      String why = proxy.line("the disk cache cannot be written");
      assertTrue(why.contains("are left on its file system"), why);
      assertEquals(200, proxy.admin("GET", "/readyz").statusCode());
      proxy.signal("TERM");
      assertEquals(0, proxy.ended());
      List<String> rest = proxy.rest();
      assertEquals(
          0,
          rest.stream().filter(line -> line.contains("cannot be written")).count(),
          rest::toString);
      assertEquals(0, rest.stream().filter(line -> line.contains("ERROR")).count(), rest::toString);
    }
  }

  @BeforeEach
  void mayMount() throws Exception {
    Process tried = new ProcessBuilder("unshare", "--mount", "true").start();
    assumeTrue(tried.waitFor() == 0, "a disk of its own needs the right to mount one");
  }

  private static void fill(Path file) throws IOException {
    byte[] piece = new byte[4_096];
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(piece);
      }
    } catch (IOException full) {
      assertTrue(String.valueOf(full.getMessage()).contains("No space left"), full::toString);
    }
  }

  private static void answer(ScriptedServer.Conversation conversation) throws IOException {
    while (!conversation.head().isEmpty()) {
      conversation.say(
          "HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nContent-Length: "
              + SIZE
              + "\r\n\r\n"
              + "x".repeat(SIZE));
    }
  }

  private static String yaml(int port) {
    return "sites: [{ id: a, hosts: [a.test], upstreams: ['http://127.0.0.1:" + port + "'] }]\n";
  }
}
