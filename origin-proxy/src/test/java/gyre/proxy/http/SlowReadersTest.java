package gyre.proxy.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.HostPort;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.message.ScriptedBody;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.UpstreamTls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many clients that ask for much and read nothing: what they cost in memory. */
@Timeout(60)
class SlowReadersTest {
  private static final int READERS = 500;
  private static final int CHUNK = 64 << 10;
  private static final int CHUNKS = 1_024;
  private static final int BYTES_PER_READER = 32 << 10;

  private final ByteBuffer shared = ByteBuffer.allocateDirect(CHUNK);
  private final CountDownLatch begun = new CountDownLatch(READERS);

  @Test
  void whoReadsNothingCostsLittleMemory() throws Exception {
    try (Transport transport = Transport.start();
        HttpFront front =
            new HttpFront(Terms.of(new FromMemory()), transport, UpstreamTls.trustingTheSystem())) {
      InetSocketAddress address = front.listen(new HostPort("127.0.0.1", 0), false);
      long before = used();
      List<Socket> readers = new ArrayList<>();
      try {
        for (int i = 0; i < READERS; i++) {
          readers.add(asking(address));
        }
        begun.await();
        long each = (used() - before) / READERS;
        assertTrue(each < BYTES_PER_READER, () -> each + " bytes for each slow reader");
      } finally {
        for (Socket reader : readers) {
          reader.close();
        }
      }
    }
  }

  private static Socket asking(InetSocketAddress address) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4 << 10);
    socket.connect(address);
    socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
    return socket;
  }

  /** Of the heap what is reachable, and Netty's buffers. */
  private static long used() {
    System.gc();
    var buffers = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
        + buffers.usedDirectMemory();
  }

  private final class FromMemory implements RequestService {
    @Override
    public Decision tryNow(Request request) {
      return new Decision.Answer(new Response(200, Headers.EMPTY, chunks()));
    }

    @Override
    public Response serve(Decision.Pending pending) {
      throw new IllegalStateException("nothing is pending");
    }
  }

  /** Views on what is stored once, as the cache gives them. */
  private Body chunks() {
    AtomicInteger given = new AtomicInteger();
    return new ScriptedBody(
            () -> {
              begun.countDown();
              return given.getAndIncrement() == CHUNKS
                  ? Optional.empty()
                  : Optional.of(shared.duplicate());
            })
        .withLength((long) CHUNKS * CHUNK)
        .readyWhen(() -> true);
  }
}
