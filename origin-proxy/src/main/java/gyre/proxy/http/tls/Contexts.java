package gyre.proxy.http.tls;

import gyre.operations.start.StartFailure;
import gyre.proxy.certificate.PemPair;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.Mapping;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;

/** How the front speaks TLS with a certificate: 1.3, and 1.2 with forward secrecy and AEAD only. */
final class Contexts {
  private static final List<String> CIPHERS =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  /** What ALPN offers; whoever knows neither is taken to speak HTTP/1.1. */
  private static final ApplicationProtocolConfig HTTP =
      alpn(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1);

  private static final ApplicationProtocolConfig VALIDATION = alpn(SniChoice.VALIDATION);

  private Contexts() {}

  private static ApplicationProtocolConfig alpn(String... protocols) {
    return new ApplicationProtocolConfig(
        ApplicationProtocolConfig.Protocol.ALPN,
        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
        protocols);
  }

  /** A StartFailure says that this platform has no QUIC. */
  static void requireQuic() {
    if (!Quic.isAvailable()) {
      throw new StartFailure(
          "tls.http3: there is no QUIC library for this platform ("
              + Quic.unavailabilityCause().getMessage()
              + "); it needs Linux on x86-64, or http3: false",
          Quic.unavailabilityCause());
    }
  }

  static SslContext of(PemPair pair) throws SSLException {
    return speaking(HTTP, pair);
  }

  /** For connections that prove a host (RFC 8737, 3), and do nothing else. */
  static SslContext validating(PemPair pair) throws SSLException {
    return speaking(VALIDATION, pair);
  }

  private static SslContext speaking(ApplicationProtocolConfig protocols, PemPair pair)
      throws SSLException {
    return SslContextBuilder.forServer(pair.key(), pair.chain())
        .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
        .protocols("TLSv1.3", "TLSv1.2")
        .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
        .applicationProtocolConfig(protocols)
        .build();
  }

  /**
   * For QUIC, which has TLS 1.3 only; {@code sni} chooses among certificates. Early data stays off:
   * whoever recorded it could send it again (RFC 8470).
   */
  static QuicSslContext quic(PemPair pair, Mapping<String, QuicSslContext> sni) {
    return QuicSslContextBuilder.forServer(
            pair.key(), null, pair.chain().toArray(X509Certificate[]::new))
        .applicationProtocols(Http3.supportedApplicationProtocols())
        .sni(sni)
        .earlyData(false)
        .build();
  }
}
