package gyre.proxy.http.h3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class AmplificationGuardTest {
  private static final InetSocketAddress HERE = new InetSocketAddress("192.0.2.9", 443);
  private static final InetSocketAddress THERE = new InetSocketAddress("192.0.2.1", 1_234);
  private final AmplificationGuard guard = new AmplificationGuard();
  private final EmbeddedChannel socket = new EmbeddedChannel(guard);

  private void receive(int bytes) {
    receive(bytes, THERE);
  }

  private void receive(int bytes, InetSocketAddress from) {
    socket.writeInbound(new DatagramPacket(Unpooled.buffer().writeZero(bytes), HERE, from));
    ((DatagramPacket) socket.readInbound()).release();
  }

  private int sent(int packets, int bytes) {
    int sent = 0;
    for (int i = 0; i < packets; i++) {
      var _ =
          socket.writeOutbound(new DatagramPacket(Unpooled.buffer().writeZero(bytes), THERE, HERE));
      DatagramPacket packet = socket.readOutbound();
      if (packet != null) {
        sent++;
        packet.release();
      }
    }
    return sent;
  }

  @Test
  void anAddressThatNobodyProvedGetsThriceWhatCameFromIt() {
    assertEquals(0, sent(1, 1_200));
    receive(1_200);
    assertEquals(3, sent(10, 1_200));
    receive(100);
    assertEquals(3, sent(10, 100));
  }

  @Test
  void anAddressIsProvedAsLongAsOneOfItsConnectionsLasts() {
    EmbeddedChannel one = new EmbeddedChannel();
    EmbeddedChannel other = new EmbeddedChannel();
    guard.proved(THERE.getAddress(), one);
    guard.proved(THERE.getAddress(), other);
    var _ = one.close();
    assertEquals(10, sent(10, 1_200));
    var _ = other.close();
    assertEquals(0, sent(10, 1_200));
    receive(1_200);
    assertEquals(3, sent(10, 1_200));
  }

  @Test
  void anotherPortIsTheSameAddress() {
    receive(1_200, new InetSocketAddress(THERE.getAddress(), 5_678));
    assertEquals(3, sent(10, 1_200));
  }

  @Test
  void whoeverCameBeforeACrowdBeginsAnew() throws Exception {
    receive(1_200);
    for (int i = 0; i < AmplificationGuard.ACCOUNTS; i++) {
      byte[] address = {10, 0, (byte) (i >> 8), (byte) i};
      receive(1, new InetSocketAddress(InetAddress.getByAddress(address), 1_234));
    }
    assertEquals(0, sent(1, 1_200));
    receive(1_200);
    assertEquals(3, sent(10, 1_200));
  }
}
