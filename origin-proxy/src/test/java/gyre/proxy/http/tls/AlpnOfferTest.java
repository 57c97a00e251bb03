package gyre.proxy.http.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.CharsetUtil;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AlpnOfferTest {
  private static final String ACME = "acme-tls/1";

  /** A ClientHello without its handshake header, with a server name before ALPN. */
  private static ByteBuf hello(List<String> protocols) {
    ByteBuf names = Unpooled.buffer();
    for (String protocol : protocols) {
      names.writeByte(protocol.length()).writeCharSequence(protocol, CharsetUtil.US_ASCII);
    }
    ByteBuf extensions = Unpooled.buffer();
    extensions.writeShort(0).writeShort(5).writeZero(5);
    extensions.writeShort(16).writeShort(names.readableBytes() + 2);
    extensions.writeShort(names.readableBytes()).writeBytes(names);
    ByteBuf hello = Unpooled.buffer().writeShort(0x0303).writeZero(32);
    hello.writeByte(4).writeZero(4); // session id
    hello.writeShort(2).writeZero(2); // cipher suites
    hello.writeByte(1).writeZero(1); // compression
    return hello.writeShort(extensions.readableBytes()).writeBytes(extensions);
  }

  @Test
  void onlyTheProtocolAloneCounts() {
    assertEquals(true, AlpnOffer.isOnly(hello(List.of(ACME)), ACME));
    assertEquals(false, AlpnOffer.isOnly(hello(List.of("h2")), ACME));
    assertEquals(false, AlpnOffer.isOnly(hello(List.of(ACME, "h2")), ACME));
    assertEquals(false, AlpnOffer.isOnly(hello(List.of("h2", ACME)), ACME));
    assertEquals(false, AlpnOffer.isOnly(hello(List.of()), ACME));
  }

  @Test
  void whatIsCutOffOrGarbledOffersNothingAndLeavesTheHelloAsItWas() {
    ByteBuf whole = hello(List.of(ACME));
    for (int length = 0; length < whole.readableBytes(); length++) {
      assertEquals(false, AlpnOffer.isOnly(whole.slice(0, length), ACME));
    }
    assertEquals(0, whole.readerIndex());
    Random random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      ByteBuf garbled = whole.copy();
      for (int j = 0; j < 3; j++) {
        garbled.setByte(random.nextInt(garbled.readableBytes()), random.nextInt());
      }
      boolean _ = AlpnOffer.isOnly(garbled, ACME);
    }
  }
}
