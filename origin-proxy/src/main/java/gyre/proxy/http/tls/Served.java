package gyre.proxy.http.tls;

import gyre.proxy.certificate.PemPair;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.ssl.SslContext;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * A certificate as connections get it, over TCP and over UDP. Its tickets' keys outlive it: those
 * of what replaces it.
 */
record Served(PemPair pair, SslContext context, Optional<QuicSslContext> quic, TicketKeys tickets) {

  /** An SSLException or IllegalArgumentException where OpenSSL cannot use it. */
  static Served of(PemPair pair, Optional<QuicSslContext> quic, TicketKeys tickets, Instant now)
      throws SSLException {
    SslContext context = Contexts.of(pair);
    var _ = tickets.rotate(now);
    tickets.applyTo(context);
    return new Served(pair, context, quic, tickets);
  }

  void rotate(Instant now) {
    if (tickets.rotate(now)) {
      tickets.applyTo(context);
    }
  }
}
