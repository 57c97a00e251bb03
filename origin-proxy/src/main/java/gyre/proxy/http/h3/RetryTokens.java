package gyre.proxy.http.h3;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicTokenHandler;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Validation of addresses by Retry (RFC 9000, 8.1.2), where there are many handshakes at once: a
 * token names when it was made and the client's first choice of a connection ID, and proves both
 * together with the client's address and port under a key that never leaves this process. One per
 * socket, owned by its event loop.
 */
final class RetryTokens implements QuicTokenHandler {
  static final Duration LIFETIME = Duration.ofSeconds(10);

  private static final String ALGORITHM = "HmacSHA256";
  private static final int MAC = 16;
  private static final int HEAD = MAC + Long.BYTES;
  private static final int LARGEST_ADDRESS = 16;

  private final BooleanSupplier isBusy;
  private final InstantSource clock;
  private final Mac mac;
  private boolean isValidated;

  /** {@code isBusy}: whether a client has to prove its address before anything is kept of it. */
  RetryTokens(byte[] key, BooleanSupplier isBusy, InstantSource clock) {
    this.isBusy = isBusy;
    this.clock = clock;
    try {
      this.mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  /** A key for the tokens of every socket, as a client's packets may reach another one. */
  static byte[] newKey() {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    return key;
  }

  @Override
  public boolean writeToken(ByteBuf out, ByteBuf connectionId, InetSocketAddress address) {
    isValidated = false;
    if (!isBusy.getAsBoolean()) {
      return false;
    }
    long now = clock.millis();
    byte[] first = ByteBufUtil.getBytes(connectionId);
    out.writeBytes(proof(now, first, address)).writeLong(now).writeBytes(first);
    return true;
  }

  @Override
  public int validateToken(ByteBuf token, InetSocketAddress address) {
    isValidated = false;
    int length = token.readableBytes();
    if (length < HEAD || length > maxTokenLength()) {
      return -1;
    }
    int start = token.readerIndex();
    long made = token.getLong(start + MAC);
    byte[] first = ByteBufUtil.getBytes(token, start + HEAD, length - HEAD);
    byte[] told = ByteBufUtil.getBytes(token, start, MAC);
    long age = clock.millis() - made;
    isValidated =
        MessageDigest.isEqual(told, proof(made, first, address))
            && age >= 0
            && age <= LIFETIME.toMillis();
    return isValidated ? HEAD : -1;
  }

  private byte[] proof(long made, byte[] first, InetSocketAddress address) {
    byte[] ip = address.getAddress().getAddress();
    ByteBuffer text =
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES + 1 + LARGEST_ADDRESS + first.length)
            .putLong(made)
            .putInt(address.getPort())
            .put((byte) ip.length)
            .put(ip)
            .put(first)
            .flip();
    mac.update(text);
    return Arrays.copyOf(mac.doFinal(), MAC);
  }

  /** Whether the client whose packet is being handled has proved its address. */
  boolean isValidated() {
    return isValidated;
  }

  @Override
  public int maxTokenLength() {
    return HEAD + Quic.MAX_CONN_ID_LEN;
  }
}
