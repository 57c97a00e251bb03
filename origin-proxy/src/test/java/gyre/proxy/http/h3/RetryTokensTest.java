package gyre.proxy.http.h3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RetryTokensTest {
  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.1", 1_234);
  private final AtomicLong now = new AtomicLong(1_000_000);
  private final byte[] key = RetryTokens.newKey();
  private final RetryTokens tokens = with(key);

  private RetryTokens with(byte[] secret) {
    return new RetryTokens(secret, () -> true, () -> Instant.ofEpochMilli(now.get()));
  }

  private ByteBuf token() {
    ByteBuf token = Unpooled.buffer();
    assertTrue(tokens.writeToken(token, Unpooled.wrappedBuffer(new byte[] {1, 2, 3, 4}), CLIENT));
    assertTrue(token.readableBytes() <= tokens.maxTokenLength());
    return token;
  }

  @Test
  void aTokenLeadsBackToTheFirstConnectionId() {
    ByteBuf token = token();
    int offset = tokens.validateToken(token, CLIENT);
    assertEquals(Unpooled.wrappedBuffer(new byte[] {1, 2, 3, 4}), token.slice(offset, 4));
    assertTrue(tokens.isValidated());
  }

  @Test
  void everySocketOfAProxyKnowsItsTokens() {
    assertTrue(with(key).validateToken(token(), CLIENT) > 0);
  }

  @Test
  void noOtherKeyMadeIt() {
    assertEquals(-1, with(RetryTokens.newKey()).validateToken(token(), CLIENT));
  }

  @Test
  void noBitOfItCanBeChanged() {
    ByteBuf token = token();
    for (int i = 0; i < token.readableBytes(); i++) {
      ByteBuf forged = token.copy();
      forged.setByte(i, forged.getByte(i) ^ 1);
      assertEquals(-1, tokens.validateToken(forged, CLIENT));
      assertFalse(tokens.isValidated());
    }
    assertEquals(-1, tokens.validateToken(token.slice(0, 20), CLIENT));
    assertEquals(-1, tokens.validateToken(Unpooled.wrappedBuffer(new byte[500]), CLIENT));
  }

  @Test
  void itIsForOneAddressAndPort() {
    assertEquals(-1, tokens.validateToken(token(), new InetSocketAddress("192.0.2.2", 1_234)));
    assertEquals(-1, tokens.validateToken(token(), new InetSocketAddress("192.0.2.1", 1_235)));
  }

  @Test
  void itDoesNotLast() {
    ByteBuf token = token();
    now.addAndGet(RetryTokens.LIFETIME.toMillis() + 1);
    assertEquals(-1, tokens.validateToken(token, CLIENT));
  }

  @Test
  void withoutACrowdNobodyHasToProveAnything() {
    RetryTokens calm = new RetryTokens(key, () -> false, Instant::now);
    assertFalse(calm.writeToken(Unpooled.buffer(), Unpooled.EMPTY_BUFFER, CLIENT));
  }
}
