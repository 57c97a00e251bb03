package gyre.proxy.http.tls;

import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The keys under which one certificate's session tickets are sealed (RFC 5077, 5.5): a new one
 * every {@link #LIFETIME}, the one before still opens. They are never written anywhere. Guarded by
 * its owner's lock.
 */
final class TicketKeys {
  static final Duration LIFETIME = Duration.ofHours(8);
  private static final int KEPT = 3;

  private final SecureRandom random = new SecureRandom();
  private final Deque<OpenSslSessionTicketKey> keys = new ArrayDeque<>();
  private Instant due = Instant.MIN;

  /** Whether there is a new key, so that {@link #applyTo} is needed. */
  boolean rotate(Instant now) {
    if (now.isBefore(due)) {
      return false;
    }
    keys.addFirst(
        new OpenSslSessionTicketKey(
            bytes(OpenSslSessionTicketKey.NAME_SIZE),
            bytes(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
            bytes(OpenSslSessionTicketKey.AES_KEY_SIZE)));
    if (keys.size() > KEPT) {
      keys.removeLast();
    }
    due = now.plus(LIFETIME);
    return true;
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Without OpenSSL the JDK keeps keys of its own. */
  void applyTo(SslContext context) {
    if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
      sessions.setTicketKeys(keys.toArray(OpenSslSessionTicketKey[]::new));
    }
  }
}
