package gyre.proxy.http.h1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.http.exchange.Framing;
import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.http.exchange.HttpDate;
import gyre.proxy.http.exchange.RequestHead;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.HttpVersion;
import gyre.proxy.message.Response;
import gyre.proxy.message.ScriptedBody;
import gyre.proxy.transport.WriteGate;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class ResponseWriterTest {
  private static final RequestHead GET =
      new RequestHead("GET", "a", "/", Headers.EMPTY, new Framing.None(), HttpVersion.HTTP_1_1);

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final ResponseWriter writer =
      new ResponseWriter(
          channel, new HttpDate(() -> Instant.EPOCH), FrontLimits.DEFAULT, new WriteGate());

  @Test
  void whatIsThereLeavesTogetherWithItsHead() throws IOException {
    pull(pieces(true, "some", "more"));
    List<String> written = written();
    assertEquals(1, written.size());
    assertTrue(written.getFirst().startsWith("HTTP/1.1 200 OK\r\n"));
    assertTrue(written.getFirst().endsWith("\r\n\r\n4\r\nsome\r\n4\r\nmore\r\n0\r\n\r\n"));
  }

  @Test
  void nothingIsHeldBackWhileASlowBodyIsWaitedFor() throws IOException {
    pull(pieces(false, "some", "more"));
    List<String> written = written();
    assertEquals(4, written.size());
    assertTrue(written.get(0).endsWith("\r\n\r\n"));
    assertEquals(List.of("4\r\nsome\r\n", "4\r\nmore\r\n", "0\r\n\r\n"), written.subList(1, 4));
  }

  @Test
  void aLongBodyLeavesInPiecesOfAboutSixtyFourKibibytes() throws IOException {
    String piece = "x".repeat(40 << 10);
    pull(pieces(true, piece, piece, piece, piece));
    List<Integer> lengths = written().stream().map(String::length).toList();
    assertEquals(3, lengths.size());
    assertTrue(lengths.stream().allMatch(length -> length < 2 * Gathered.ENOUGH));
  }

  @Test
  void whatCameBeforeABodyBrokeOffIsSent() {
    assertThrows(IOException.class, () -> pull(pieces(true, "some", "")));
    List<String> written = written();
    assertEquals(1, written.size());
    assertTrue(written.getFirst().endsWith("\r\n\r\n4\r\nsome\r\n"));
  }

  private void pull(Body body) throws IOException {
    Response response = new Response(200, Headers.EMPTY, body);
    writer.pull(GET, response, ResponseHead.of(GET, response, true));
  }

  private List<String> written() {
    List<String> written = new ArrayList<>();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      written.add(out.toString(ISO_8859_1));
      out.release();
    }
    return written;
  }

  /** Of unknown length; breaks off at an empty piece. */
  private static Body pieces(boolean isReady, String... pieces) {
    Queue<String> left = new ArrayDeque<>(List.of(pieces));
    return new ScriptedBody(
            () -> {
              if ("".equals(left.peek())) {
                throw new IOException("it broke off");
              }
              return Optional.ofNullable(left.poll())
                  .map(p -> ByteBuffer.wrap(p.getBytes(ISO_8859_1)));
            })
        .readyWhen(() -> isReady)
        .onClose(left::clear);
  }
}
