package gyre.proxy.http.tls;

import gyre.proxy.transport.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a certificate by SNI (RFC 6066, 3), and gives the whole handshake one deadline. Whoever
 * offers nothing but acme-tls/1 gets the certificate that proves the host to an authority (RFC
 * 8737, 3), and where none is being proved the alert no_application_protocol (RFC 7301, 3.2).
 */
public final class SniChoice extends SniHandler {
  /** The protocol of connections that end with their handshake. */
  public static final String VALIDATION = "acme-tls/1";

  private static final int LARGEST_HELLO = 16 << 10;
  private static final byte[] NO_APPLICATION_PROTOCOL = {21, 3, 3, 0, 2, 2, 120};

  private final TlsCertificates certificates;
  private final Duration patience;
  private boolean validates;

  public SniChoice(TlsCertificates certificates, Duration patience) {
    super(certificates, LARGEST_HELLO, patience.toMillis());
    this.certificates = certificates;
    this.patience = patience;
  }

  @Override
  protected Future<SslContext> lookup(ChannelHandlerContext context, @Nullable ByteBuf hello)
      throws Exception {
    validates = hello != null && AlpnOffer.isOnly(hello, VALIDATION);
    return super.lookup(context, hello);
  }

  @Override
  protected Future<SslContext> lookup(ChannelHandlerContext context, @Nullable String name)
      throws Exception {
    if (!validates) {
      return super.lookup(context, name);
    }
    Optional<SslContext> proof = Optional.ofNullable(name).flatMap(certificates::proof);
    if (proof.isPresent()) {
      return context.executor().newSucceededFuture(proof.get());
    }
    Outbound.writeAndFlush(context, Unpooled.wrappedBuffer(NO_APPLICATION_PROTOCOL));
    return context
        .executor()
        .newFailedFuture(new SSLHandshakeException("no validation of " + name + " is under way"));
  }

  @Override
  protected SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
    SslHandler handler = super.newSslHandler(context, allocator);
    handler.setHandshakeTimeoutMillis(patience.toMillis());
    return handler;
  }
}
