package gyre.proxy.http.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.Mapping;
import java.time.Duration;

/** Chooses a certificate by SNI (RFC 6066, 3), and gives the whole handshake one deadline. */
public final class SniChoice extends SniHandler {
  private static final int LARGEST_HELLO = 16 << 10;
  private final Duration patience;

  public SniChoice(Mapping<String, SslContext> certificates, Duration patience) {
    super(certificates, LARGEST_HELLO, patience.toMillis());
    this.patience = patience;
  }

  @Override
  protected SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
    SslHandler handler = super.newSslHandler(context, allocator);
    handler.setHandshakeTimeoutMillis(patience.toMillis());
    return handler;
  }
}
