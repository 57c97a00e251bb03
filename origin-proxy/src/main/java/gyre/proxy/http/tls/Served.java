package gyre.proxy.http.tls;

import gyre.proxy.certificate.PemPair;
import io.netty.handler.ssl.SslContext;
import java.time.Instant;
import javax.net.ssl.SSLException;

/** A certificate as connections get it. Its tickets' keys outlive it: those of what replaces it. */
record Served(PemPair pair, SslContext context, TicketKeys tickets) {

  /** An SSLException or IllegalArgumentException where OpenSSL cannot use it. */
  static Served of(PemPair pair, TicketKeys tickets, Instant now) throws SSLException {
    SslContext context = Contexts.of(pair);
    var _ = tickets.rotate(now);
    tickets.applyTo(context);
    return new Served(pair, context, tickets);
  }

  void rotate(Instant now) {
    if (tickets.rotate(now)) {
      tickets.applyTo(context);
    }
  }
}
