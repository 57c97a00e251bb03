package gyre.proxy.upstream.whole;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.proxy.http.RawClient;
import gyre.proxy.upstream.ScriptedServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is asked for so often that its chunks have moved: every byte is still the site's. */
@Timeout(30)
class OftenReadTest {
  private static final long SEED = 3;
  private static final int SIZE = 3 << 20;
  private static final int TIMES = 12;

  private final byte[] content = new byte[SIZE];
  private ScriptedServer server;
  private WholeProxy proxy;

  @BeforeEach
  void readOften() throws IOException {
    new Random(SEED).nextBytes(content);
    server = new ScriptedServer(this::answer);
    proxy = new WholeProxy(WholeProxy.upstream(server.port()));
    try (RawClient visitor = proxy.visitor()) {
      for (int i = 0; i < TIMES; i++) {
        assertArrayEquals(content, ask(visitor, "", SIZE));
      }
    }
  }

  @AfterEach
  void close() throws IOException {
    proxy.close();
    server.close();
  }

  private void answer(ScriptedServer.Conversation conversation) throws IOException {
    while (!conversation.head().isEmpty()) {
      conversation.say(
          "HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nContent-Length: " + SIZE + "\r\n\r\n");
      conversation.say(content);
    }
  }

  private static byte[] ask(RawClient visitor, String fields, int size) throws IOException {
    say(visitor, fields).until("\r\n\r\n");
    return visitor.in().readNBytes(size);
  }

  private static RawClient say(RawClient visitor, String fields) throws IOException {
    return visitor.say("GET /a HTTP/1.1\r\nHost: site.test\r\n" + fields + "\r\n");
  }

  @Test
  void partsAreThoseParts() throws IOException {
    Random random = new Random(SEED);
    try (RawClient visitor = proxy.visitor()) {
      for (int i = 0; i < 30; i++) {
        int from = random.nextInt(SIZE - 1);
        int to = from + random.nextInt(SIZE - from);
        byte[] part = ask(visitor, "Range: bytes=" + from + "-" + to + "\r\n", to - from + 1);
        assertArrayEquals(Arrays.copyOfRange(content, from, to + 1), part, from + "-" + to);
      }
    }
  }

  @Test
  void pipelinedAnswersFollowEachOther() throws IOException {
    try (RawClient visitor = proxy.visitor()) {
      for (int i = 0; i < 4; i++) {
        say(visitor, "");
      }
      for (int i = 0; i < 4; i++) {
        visitor.until("\r\n\r\n");
        assertArrayEquals(content, visitor.in().readNBytes(SIZE), "answer " + i);
      }
    }
  }

  @Test
  void whoReadsLateGetsItAllAlsoAfterItIsForgotten() throws IOException {
    List<RawClient> visitors = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        visitors.add(say(proxy.visitor(), ""));
        visitors.getLast().until("\r\n\r\n");
      }
      proxy.store.clear();
      System.gc();
      for (RawClient visitor : visitors) {
        assertArrayEquals(content, visitor.in().readNBytes(SIZE));
      }
    } finally {
      for (RawClient visitor : visitors) {
        visitor.close();
      }
    }
    assertEquals(1, server.connections());
  }
}
