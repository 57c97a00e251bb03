package gyre.proxy.http.h1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.message.ScriptedBody;
import gyre.proxy.transport.FileMemory;
import gyre.proxy.transport.PendingSize;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.FileRegion;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlowTest {
  private static final int MANY = 10 << 20;
  private static final int COPIES = 65 << 10;

  private final EmbeddedChannel channel = new EmbeddedChannel();

  private Flow flow(int size, boolean chunked, boolean isComing) {
    ScriptedBody body = ScriptedBody.zeros(size, 64 << 10).readyWhen(() -> true);
    return new Flow(channel, body, chunked, isComing, count -> {});
  }

  private static ByteBuf head() {
    return Unpooled.buffer().writeZero(200);
  }

  private long pending() {
    return channel.unsafe().outboundBuffer().totalPendingWriteBytes();
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void copiesForASocketThatTakesNothingAreBounded() throws IOException {
    assertEquals(Flow.Progress.AWAITS_SOCKET, flow(MANY, false, true).begin(head()));
    assertTrue(pending() <= COPIES, () -> pending() + " bytes");
  }

  @Test
  void copiesBehindAnEarlierResponseThatIsStillUnsentAreBounded() throws IOException {
    flow(100 << 10, false, false).begin(head());
    long before = pending();
    assertEquals(Flow.Progress.AWAITS_SOCKET, flow(MANY, false, true).begin(head()));
    assertTrue(pending() - before <= 20 << 10, () -> pending() + " bytes");
  }

  @Test
  void partsOfAFileForASocketThatTakesNothingAreBounded() throws IOException {
    ByteBuffer chunk =
        FileMemory.OF_THIS_PROCESS.orElseThrow().keep(ByteBuffer.allocate(64 << 10)).orElseThrow();
    channel.config().setMessageSizeEstimator(new PendingSize());
    ScriptedBody endless = new ScriptedBody(() -> Optional.of(chunk.asReadOnlyBuffer()));
    Flow flow = new Flow(channel, endless.withLength(1L << 40), false, false, count -> {});
    assertEquals(Flow.Progress.AWAITS_SOCKET, flow.begin(head()));
    assertTrue(pending() <= 200 << 10, () -> pending() + " bytes");
    channel.flushOutbound();
    channel.<ByteBuf>readOutbound().release();
    assertInstanceOf(FileRegion.class, channel.readOutbound());
  }

  @Test
  void everyByteLeavesHoweverOftenTheSocketIsFull() throws IOException {
    for (boolean isComing : new boolean[] {true, false}) {
      long sent = 0;
      Flow flow = flow(MANY, false, isComing);
      Flow.Progress progress = flow.begin(head());
      while (true) {
        channel.flushOutbound();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
          sent += out.readableBytes();
          out.release();
        }
        if (progress == Flow.Progress.ENDED) {
          break;
        }
        progress = flow.goOn();
      }
      assertEquals(200L + MANY, sent);
    }
  }
}
